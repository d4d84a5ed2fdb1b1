package dev.dunlin.bridge.child;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Inspectable;
import dev.dunlin.bridge.spi.Reply;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code ipc://process/open}, {@code write} and {@code kill}: the app's {@link BackEnd}. */
public final class BackEndModule implements CommandModule, Inspectable {
  private final Optional<BackEnd> backEnd;

  /**
   * @param backEnd empty if {@code socket.ini} names none for this system
   */
  public BackEndModule(Optional<BackEnd> backEnd) {
    this.backEnd = backEnd;
  }

  @Override
  public String name() {
    return "process";
  }

  @Override
  public List<Command> commands() {
    return List.of(
        command(
            "open",
            call ->
                backEnd()
                    .open(call.param("force").map(JsonNode::asBoolean).orElse(false))
                    .map(Reply.Data::new)),
        command("kill", call -> backEnd().close().map(done -> Reply.NOTHING)),
        command(
            "write",
            call ->
                backEnd()
                    .write(
                        call.param("event").map(JsonNode::asText).orElse(""),
                        call.param("value").orElse(TextNode.valueOf("")))
                    .map(done -> Reply.NOTHING)));
  }

  @Override
  public Future<Map<String, Object>> inspect() {
    return backEnd.map(BackEnd::inspect).orElseGet(() -> Future.succeededFuture(Map.of()));
  }

  private static Command command(String function, Command.Handler handler) {
    return new Command(
        function,
        new Command.Resource.None(),
        Command.Permission.POLICY,
        Command.RunsOn.EVENT_LOOP,
        handler);
  }

  private BackEnd backEnd() {
    return backEnd.orElseThrow(
        () ->
            new BridgeError(
                "Error",
                "ERR_NO_BACK_END",
                "socket.ini names no back end for this system: add, for example, [linux] cmd = node"
                    + " backend/backend.js"));
  }
}
