package dev.dunlin.bridge.process;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.child.Signals;
import dev.dunlin.bridge.fs.Errno;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.HandleId;
import dev.dunlin.bridge.spi.PushChannel;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.scheduler.Scheduler;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code ipc://process/signal/<name>}, what the host is sent, and {@code ipc://process/sendSignal},
 * what a page sends to other programs: {@code process.on('SIGTERM')} and {@code process.kill()}.
 */
public final class SignalModule implements CommandModule {
  /** Signals that wait for a page, in bytes of their numbers. Over: the oldest are dropped. */
  static final int WAITING_BYTES = 4 << 10;

  private static final int EPERM = 1;

  private final HostSignals signals;

  /**
   * @param scheduler of the time that a page has when the app is told to end
   */
  public SignalModule(Scheduler scheduler) {
    this.signals = new HostSignals(scheduler);
  }

  /** A document that listens to one signal. */
  private record Listening(HostSignals.Listening signal, PushChannel channel)
      implements AutoCloseable {
    @Override
    public void close() {
      signal.gone();
      channel.close();
    }
  }

  @Override
  public String name() {
    return "process";
  }

  @Override
  public List<Command> commands() {
    return List.of(
        command("signal", new Command.Resource.Text(), this::listen),
        command("goOn", new Command.Resource.Handle(), SignalModule::goOn),
        command("stopSignal", new Command.Resource.Handle(), SignalModule::stop),
        command("sendSignal", new Command.Resource.Text(), SignalModule::send));
  }

  private static Command command(
      String function, Command.Resource resource, Command.Handler handler) {
    return new Command(
        function, resource, Command.Permission.POLICY, Command.RunsOn.WORKER, handler);
  }

  private Future<Reply> listen(Call call) {
    String name = call.resource();
    if (!HostSignals.LISTENABLE.contains(name)) {
      throw new BridgeError(
          "Error",
          "EINVAL",
          "an app can't listen to '"
              + name
              + "', only to "
              + String.join(" ", HostSignals.LISTENABLE.stream().sorted().toList()),
          Map.of("errno", Errno.EINVAL.number(), "syscall", "uv_signal_start"));
    }
    PushChannel channel = call.openPush(PushChannel.Overflow.DROP_OLDEST, WAITING_BYTES);
    try {
      HostSignals.Listening signal =
          signals.listen(
              name,
              count -> channel.offer(Long.toString(count).getBytes(StandardCharsets.US_ASCII)));
      try {
        HandleId id = call.register(new Listening(signal, channel));
        return Future.succeededFuture(
            new Reply.Data(Map.of("id", id.value(), "channel", channel.id())));
      } catch (RuntimeException e) {
        signal.gone();
        throw e;
      }
    } catch (IllegalArgumentException unknown) {
      channel.close();
      throw new BridgeError(
          "Error",
          "EINVAL",
          "this system can't tell of " + name + ": " + unknown.getMessage(),
          Map.of("errno", Errno.EINVAL.number(), "syscall", "uv_signal_start"));
    } catch (RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static Future<Reply> goOn(Call call) {
    Listening listening = call.handle(Listening.class);
    listening.signal.goOn(call.param("count").map(JsonNode::asLong).orElse(0L));
    return released(call, listening);
  }

  /** Its handle is kept while it may say that the app goes on. */
  private static Future<Reply> released(Call call, Listening listening) {
    if (listening.signal.isOver()) {
      call.release();
    }
    return Future.succeededFuture(Reply.NOTHING);
  }

  private static Future<Reply> stop(Call call) {
    Listening listening = call.handle(Listening.class);
    listening.signal.stop();
    listening.channel.close();
    return released(call, listening);
  }

  /** One process, never a group: {@code <pid>/<signal>}, the signal by name, or 0. */
  private static Future<Reply> send(Call call) {
    Matcher parts = Pattern.compile("([1-9][0-9]{0,8})/(0|SIG[A-Z0-9]+)").matcher(call.resource());
    if (!parts.matches()) {
      throw new BridgeError(
          "TypeError",
          "ERR_INVALID_CALL",
          "expected ipc://process/sendSignal/<process id>/<signal's name, or 0>; groups of"
              + " processes can't be named");
    }
    String name = parts.group(2);
    int number =
        name.equals("0")
            ? 0
            : Signals.number(name)
                .orElseThrow(
                    () ->
                        new BridgeError(
                            "TypeError", "ERR_UNKNOWN_SIGNAL", "Unknown signal: " + name));
    int errno = Signals.send(Long.parseLong(parts.group(1)), number);
    if (errno != 0) {
      throw (errno == EPERM ? Errno.EPERM : Errno.ESRCH).on("kill");
    }
    return Future.succeededFuture(Reply.NOTHING);
  }
}
