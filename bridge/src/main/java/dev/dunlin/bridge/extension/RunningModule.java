package dev.dunlin.bridge.extension;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * An extension's module whose calls are counted: it is idle when each has been answered, and the
 * bytes of its answer sent. Thread: any.
 */
final class RunningModule implements CommandModule {
  private final CommandModule module;
  private final Promise<Void> idle = Promise.promise();

  // Guarded by this.
  private int calls;
  private boolean over;

  RunningModule(CommandModule module) {
    this.module = module;
  }

  @Override
  public String name() {
    return module.name();
  }

  @Override
  public List<Command> commands() {
    return module.commands().stream()
        .map(
            one ->
                new Command(
                    one.function(),
                    one.resource(),
                    one.permission(),
                    one.runsOn(),
                    call -> counted(one, call)))
        .toList();
  }

  @Override
  public List<Path> secretFiles() {
    return module.secretFiles();
  }

  @Override
  public Future<Void> shutDown() {
    try {
      return Objects.requireNonNull(module.shutDown(), "an extension's shutDown answered null");
    } catch (RuntimeException | Error e) {
      // What the other modules keep is kept all the same.
      return Future.failedFuture(e);
    }
  }

  /** Completes when no call runs any more; those that come from now on are refused. */
  Future<Void> whenIdle() {
    boolean none;
    synchronized (this) {
      over = true;
      none = calls == 0;
    }
    if (none) {
      idle.tryComplete();
    }
    return idle.future();
  }

  private Future<Reply> counted(Command command, Call call) {
    synchronized (this) {
      if (over) {
        throw new BridgeError(
            "TypeError",
            "ERR_UNKNOWN_COMMAND",
            "the extension '" + name() + "' has been unloaded: load it first");
      }
      calls++;
    }
    try {
      return Objects.requireNonNull(
              command.handler().handle(call), "an extension's method answered null")
          .map(this::countedBytes)
          .onComplete(
              answer -> {
                if (answer.failed() || !(answer.result() instanceof Reply.Bytes)) {
                  ended();
                }
              });
    } catch (RuntimeException | Error e) {
      ended();
      throw e;
    }
  }

  private Reply countedBytes(Reply reply) {
    return reply instanceof Reply.Bytes bytes
        ? new Reply.Bytes(
            bytes.source().whenClosed(this::ended),
            bytes.lengthBytes(),
            bytes.contentType(),
            bytes.meta())
        : reply;
  }

  private void ended() {
    boolean last;
    synchronized (this) {
      last = --calls == 0 && over;
    }
    if (last) {
      idle.tryComplete();
    }
  }
}
