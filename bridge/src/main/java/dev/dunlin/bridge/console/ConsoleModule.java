package dev.dunlin.bridge.console;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import io.vertx.core.Future;
import java.util.List;
import java.util.Locale;

/** {@code ipc://console/write}: what a page prints, on the host's stdout and stderr. */
public final class ConsoleModule implements CommandModule {
  private final Sink sink;

  /** Where printed text goes. */
  @FunctionalInterface
  public interface Sink {
    /**
     * Prints one message, whose control characters are not to reach a terminal. Thread: the event
     * loop, in the order the page printed; must not block.
     */
    void print(Level level, String message);
  }

  /** How a message is printed. */
  public enum Level {
    DEBUG,
    LOG,
    INFO,
    WARN,
    ERROR,
    /** Text on stdout, nothing added. */
    STDOUT,
    /** Text on stderr, nothing added. */
    STDERR,
    /** One line of a test's report on stdout. */
    TAP
  }

  public ConsoleModule(Sink sink) {
    this.sink = sink;
  }

  @Override
  public String name() {
    return "console";
  }

  @Override
  public List<Command> commands() {
    return List.of(
        new Command(
            "write",
            new Command.Resource.None(),
            Command.Permission.ALWAYS,
            // On the loop, which keeps the page's order; a sink that may wait has its own queue.
            Command.RunsOn.EVENT_LOOP,
            this::write));
  }

  private Future<Reply> write(Call call) {
    String level = call.param("level").map(JsonNode::asText).orElse("log");
    Level known;
    try {
      known = Level.valueOf(level.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new BridgeError(
          "TypeError",
          "ERR_INVALID_ARG_VALUE",
          "'" + level + "' is no level of ipc://console/write: " + List.of(Level.values()));
    }
    sink.print(known, call.param("message").map(JsonNode::asText).orElse(""));
    return Future.succeededFuture(Reply.NOTHING);
  }
}
