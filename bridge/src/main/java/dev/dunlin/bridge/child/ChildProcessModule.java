package dev.dunlin.bridge.child;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.fs.Errno;
import dev.dunlin.bridge.spi.Body;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.ByteSource;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Access;
import dev.dunlin.bridge.spi.Command.LastSegment;
import dev.dunlin.bridge.spi.Command.Permission;
import dev.dunlin.bridge.spi.Command.Resource;
import dev.dunlin.bridge.spi.Command.RunsOn;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.HandleId;
import dev.dunlin.bridge.spi.PushChannel;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.scheduler.Scheduler;
import dev.dunlin.scheduler.Threads;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStartException;
import dev.dunlin.scheduler.process.ProcessStarter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * {@code ipc://child-process/…}: programs, as Node's {@code child_process} has them.
 *
 * <p>{@code spawn} names the program by its real path, which policy allows or not; its arguments
 * are a list and no shell reads them. {@code shell} is a permission of its own, and allows
 * everything. A child ends with the document that started it, and with the host.
 */
public final class ChildProcessModule implements CommandModule {
  /** Children of the whole app that run at a time. Over: {@code EAGAIN}. */
  public static final int CHILDREN = 256;

  /** Output that waits for a page's credit, of one stream. Over: the child has to wait. */
  static final int WAITING_OUTPUT_BYTES = 256 << 10;

  /** Output that a synchronous call collects, of one stream. Over: {@code ENOBUFS}, and its end. */
  static final int SYNC_OUTPUT_BYTES = 64 << 20;

  /**
   * Outputs of all synchronous calls together, until they have been sent. Over: {@code ENOBUFS} for
   * the one that goes beyond it, and its end.
   */
  static final int SYNC_OUTPUTS_BYTES = 256 << 20;

  /** Input of a synchronous call. Over: it is refused. */
  static final int SYNC_INPUT_BYTES = 64 << 20;

  private static final int READ_BYTES = 64 << 10;
  private static final int DEFAULT_MAX_BUFFER = 1 << 20;

  private final Scheduler scheduler;
  private final Map<String, String> own;
  private final long syncOutputsBytes;
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicLong syncOutputs = new AtomicLong();

  /**
   * @param scheduler of timeouts
   * @param own the environment that the app's developer has given it: none of it is refused
   */
  public ChildProcessModule(Scheduler scheduler, Map<String, String> own) {
    this(scheduler, own, SYNC_OUTPUTS_BYTES);
  }

  /** For tests: with a bound of their own. */
  ChildProcessModule(Scheduler scheduler, Map<String, String> own, long syncOutputsBytes) {
    this.scheduler = scheduler;
    this.own = Map.copyOf(own);
    this.syncOutputsBytes = syncOutputsBytes;
  }

  @Override
  public String name() {
    return "child_process";
  }

  @Override
  public List<Command> commands() {
    Resource program = new Resource.File(LastSegment.FOLLOW, call -> Access.READ, "");
    return List.of(
        command("lookup", new Resource.None(), RunsOn.WORKER, ChildProcessModule::lookup),
        command("spawn", program, RunsOn.WORKER, call -> start(call, Launch.ofProgram(call, own))),
        command(
            "shell", new Resource.None(), RunsOn.WORKER, call -> start(call, Launch.ofShell(call))),
        onChild("wait", RunsOn.EVENT_LOOP, call -> child(call).end().map(ChildProcessModule::end)),
        onChild("write", RunsOn.WORKER, ChildProcessModule::write),
        onChild(
            "end", RunsOn.EVENT_LOOP, call -> child(call).stdin.end().map(done -> Reply.NOTHING)),
        onChild("kill", RunsOn.EVENT_LOOP, ChildProcessModule::kill),
        onChild("close", RunsOn.WORKER, ChildProcessModule::close));
  }

  private static Command command(
      String function, Resource resource, RunsOn runsOn, Command.Handler handler) {
    return new Command(function, resource, Permission.POLICY, runsOn, handler);
  }

  private static Command onChild(String function, RunsOn runsOn, Command.Handler handler) {
    return command(function, new Resource.Handle(), runsOn, handler);
  }

  private static RunningChild child(Call call) {
    return call.handle(RunningChild.class);
  }

  /**
   * Where a program is. Tells nothing of files that are none: a path is answered as it was asked,
   * and what policy says of it is said when it is to be started; a folder that the page names to
   * look in might as well be empty.
   */
  private static Future<Reply> lookup(Call call) {
    String file =
        Launch.text(call, "file").orElseThrow(() -> Launch.invalid("lookup needs 'file'"));
    Optional<String> folders = Launch.text(call, "path");
    Object path;
    try {
      path = Programs.find(file, folders);
    } catch (BridgeError none) {
      if (Programs.isPath(file)) {
        path = Launch.path(file);
      } else if (folders.isPresent()) {
        throw Errno.ENOENT.on("spawn", file);
      } else {
        throw none;
      }
    }
    return data(Map.of("path", path.toString()));
  }

  private static Future<Reply> data(Object value) {
    return Future.succeededFuture(new Reply.Data(value));
  }

  private Future<Reply> start(Call call, Launch launch) {
    if (running.incrementAndGet() > CHILDREN) {
      running.decrementAndGet();
      throw new BridgeError(
          "Error",
          "EAGAIN",
          "EAGAIN: an app may have " + CHILDREN + " children at a time: wait until some have ended",
          Map.of("errno", Errno.EAGAIN.number(), "syscall", "spawn"));
    }
    boolean sync = call.param("sync").map(JsonNode::asBoolean).orElse(false);
    return sync ? runToItsEnd(call, launch) : startForHandle(call, launch);
  }

  private Future<RunningChild> process(Launch launch) {
    Future<ChildProcess> started = ProcessStarter.get().start(launch.spec());
    started.onComplete(
        result -> {
          if (result.failed()) {
            running.decrementAndGet();
          } else {
            result.result().exit().onComplete(ended -> running.decrementAndGet());
          }
        });
    return started
        .map(process -> new RunningChild(process, launch.program(), launch.shell()))
        .recover(fault -> Future.failedFuture(startFault(launch, fault)));
  }

  private static Throwable startFault(Launch launch, Throwable fault) {
    if (!(fault instanceof ProcessStartException)) {
      return fault;
    }
    String text = String.valueOf(fault.getMessage());
    Errno errno =
        text.contains("error=7,")
            ? Errno.E2BIG
            : text.contains("error=13,")
                ? Errno.EACCES
                : text.contains("error=2,") ? Errno.ENOENT : Errno.EAGAIN;
    return errno.on("spawn", launch.program());
  }

  // --- a child under a handle

  private Future<Reply> startForHandle(Call call, Launch launch) {
    List<PushChannel> channels = new ArrayList<>();
    try {
      for (Stdio stdio : List.of(launch.spec().stdout(), launch.spec().stderr())) {
        // Also for a stream that is no pipe: it ends at once.
        channels.add(call.openPush(PushChannel.Overflow.STOP_READING, WAITING_OUTPUT_BYTES));
        if (stdio != Stdio.PIPE) {
          channels.get(channels.size() - 1).close();
        }
      }
    } catch (RuntimeException e) {
      running.decrementAndGet();
      channels.forEach(PushChannel::close);
      throw e;
    }
    return process(launch)
        .onFailure(fault -> channels.forEach(PushChannel::close))
        .map(child -> (Reply) new Reply.Data(opened(call, child, channels)));
  }

  private static Map<String, Object> opened(
      Call call, RunningChild child, List<PushChannel> channels) {
    HandleId id;
    try {
      id = call.register(child);
    } catch (RuntimeException e) {
      child.close();
      channels.forEach(PushChannel::close);
      throw e;
    }
    pump("stdout", child, child.process.stdout(), channels.get(0));
    pump("stderr", child, child.process.stderr(), channels.get(1));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("child", id.value());
    answer.put("pid", child.process.pid());
    answer.put("stdout", channels.get(0).id());
    answer.put("stderr", channels.get(1).id());
    return answer;
  }

  /** Reads as fast as the page takes it: a full pipe makes the child wait. */
  private static void pump(String name, RunningChild child, InputStream from, PushChannel to) {
    if (to.isClosed()) {
      return;
    }
    Threads.start(
        name + "-" + child.process.pid(),
        () -> {
          byte[] buffer = new byte[READ_BYTES];
          try (from;
              to) {
            for (int n; (n = from.read(buffer)) >= 0; ) {
              if (n > 0 && !offered(to, Arrays.copyOf(buffer, n))) {
                return;
              }
            }
          } catch (IOException e) {
            // Its pipe was closed under us, as when it is killed: that is its end.
            to.close();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /** Whether the page will have it; waits until there is room. */
  private static boolean offered(PushChannel to, byte[] message) throws InterruptedException {
    while (!to.offer(message)) {
      if (to.isClosed()) {
        return false;
      }
      CountDownLatch writable = new CountDownLatch(1);
      to.whenWritable(writable::countDown);
      writable.await();
    }
    return true;
  }

  private static Reply end(RunningChild.End end) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("code", end.code().orElse(null));
    answer.put("signal", end.signal().orElse(null));
    return new Reply.Data(answer);
  }

  private static Future<Reply> write(Call call) {
    RunningChild child = child(call);
    if (call.body().map(body -> body.lengthBytes() < 0).orElse(false)) {
      throw Launch.invalid("one write is one request body: send a longer text in several writes");
    }
    return child.stdin.write(body(call)).map(done -> Reply.NOTHING);
  }

  private static byte[] body(Call call) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Optional<Body> body = call.body();
    if (body.isPresent()) {
      try {
        for (byte[] piece; (piece = body.get().next()).length > 0; ) {
          if (bytes.size() + piece.length > SYNC_INPUT_BYTES) {
            throw new BridgeError(
                "RangeError",
                "ERR_MESSAGE_TOO_LARGE",
                "a program that the page waits for takes at most "
                    + SYNC_INPUT_BYTES
                    + " bytes of input: use spawn, and write to its stdin");
          }
          bytes.writeBytes(piece);
        }
      } catch (IOException e) {
        throw Errno.EIO.on("write");
      }
    }
    return bytes.toByteArray();
  }

  private static Future<Reply> kill(Call call) {
    return data(child(call).signal(signal(call, "signal", "SIGTERM")));
  }

  private static int signal(Call call, String name, String standard) {
    Optional<JsonNode> asked = call.param(name);
    if (asked.isPresent() && asked.get().isInt()) {
      int number = asked.get().asInt();
      if (number == 0 || Signals.name(number).isPresent()) {
        return number;
      }
    }
    String text = asked.map(JsonNode::asText).orElse(standard);
    return Signals.number(text)
        .orElseThrow(
            () -> new BridgeError("TypeError", "ERR_UNKNOWN_SIGNAL", "Unknown signal: " + text));
  }

  private static Future<Reply> close(Call call) {
    RunningChild child = child(call);
    call.release();
    child.close();
    return Future.succeededFuture(Reply.NOTHING);
  }

  // --- a child that a page waits for, blocked

  private Future<Reply> runToItsEnd(Call call, Launch launch) {
    byte[] input;
    Duration timeout;
    int killSignal;
    int most;
    try {
      input = body(call);
      timeout = Duration.ofMillis(Math.max(0, number(call, "timeout", 0)));
      killSignal = signal(call, "killSignal", "SIGTERM");
      most =
          (int)
              Math.min(
                  SYNC_OUTPUT_BYTES, Math.max(0, number(call, "maxBuffer", DEFAULT_MAX_BUFFER)));
    } catch (RuntimeException e) {
      running.decrementAndGet();
      throw e;
    }
    return process(launch).compose(child -> collect(call, child, input, timeout, killSignal, most));
  }

  private static long number(Call call, String name, long standard) {
    return call.param(name).map(node -> node.asLong(standard)).orElse(standard);
  }

  private Future<Reply> collect(
      Call call, RunningChild child, byte[] input, Duration timeout, int killSignal, int most) {
    AtomicReference<String> error = new AtomicReference<>("");
    Promise<Void> limit = Promise.promise();
    Function<String, Runnable> endWith =
        code ->
            () -> {
              if (error.compareAndSet("", code)) {
                child.signal(killSignal);
                limit.complete();
              }
            };
    call.cancelled().onComplete(gone -> child.close());
    if (input.length > 0) {
      child.stdin.write(input);
    }
    child.stdin.end();
    Optional<Scheduler.Timer> timer =
        timeout.isZero()
            ? Optional.empty()
            : Optional.of(scheduler.schedule(timeout, endWith.apply("ETIMEDOUT")));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Held held = new Held();
    Runnable overflow = endWith.apply("ENOBUFS");
    Future<?> read =
        Future.all(
            collected("stdout", child, child.process.stdout(), out, most, held, overflow),
            collected("stderr", child, child.process.stderr(), err, most, held, overflow));
    // At a limit its own end is enough: what it has started may hold its output for ever.
    return Future.all(child.end(), Future.any(read, limit.future()))
        .map(
            all -> {
              timer.ifPresent(Scheduler.Timer::cancel);
              if (!error.get().isEmpty()) {
                child.process.endGroup();
              }
              // Who still holds a pipe may go on writing.
              held.close();
              byte[] said = out.toByteArray();
              byte[] complained = err.toByteArray();
              RunningChild.End end = all.resultAt(0);
              Map<String, Object> meta = new LinkedHashMap<>();
              meta.put("pid", child.process.pid());
              end.code().ifPresent(code -> meta.put("status", code));
              end.signal().ifPresent(signal -> meta.put("signal", signal));
              meta.put("error", error.get());
              meta.put("stdoutBytes", said.length);
              byte[] both = Arrays.copyOf(said, said.length + complained.length);
              System.arraycopy(complained, 0, both, said.length, complained.length);
              return new Reply.Bytes(
                  ByteSource.of(both).whenClosed(held::release),
                  both.length,
                  "application/octet-stream",
                  meta);
            });
  }

  /**
   * Puts all of a stream up to a bound into {@code all}; then the child is told to end, and the
   * stream is closed, which ends who goes on writing.
   *
   * @param held counts them
   */
  private Future<Void> collected(
      String name,
      RunningChild child,
      InputStream from,
      ByteArrayOutputStream all,
      int most,
      Held held,
      Runnable overflow) {
    Promise<Void> done = Promise.promise();
    Threads.start(
        name + "-" + child.process.pid(),
        () -> {
          byte[] buffer = new byte[READ_BYTES];
          try (from) {
            int room = most;
            for (int n; room >= 0 && (n = from.read(buffer)) >= 0; room -= n) {
              int taken = Math.min(n, room);
              if (!held.reserve(taken)) {
                room = -1;
                break;
              }
              all.write(buffer, 0, taken);
            }
            if (room < 0) {
              overflow.run();
            }
            done.complete();
          } catch (IOException e) {
            // Its pipe was closed under us, as when it is killed: what came is what there is.
            done.complete();
          }
        });
    return done.future();
  }

  /** What a call has of the bytes that all may have together. */
  private final class Held {
    // Guarded by this.
    private long bytes;
    private boolean closed;

    /** False if there is no room, or the call has its answer. */
    synchronized boolean reserve(int more) {
      if (closed) {
        return false;
      }
      if (syncOutputs.addAndGet(more) > syncOutputsBytes) {
        syncOutputs.addAndGet(-more);
        return false;
      }
      bytes += more;
      return true;
    }

    synchronized void close() {
      closed = true;
    }

    synchronized void release() {
      syncOutputs.addAndGet(-bytes);
      bytes = 0;
    }
  }
}
