package dev.dunlin.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;

/** {@code ipc://push/}: the document's push stream, and the credit the page returns for it. */
final class PushModule implements CommandModule {
  @Override
  public String name() {
    return "push";
  }

  @Override
  public List<Command> commands() {
    return List.of(
        new Command(
            "",
            new Command.Resource.None(),
            Command.Permission.POLICY,
            Command.RunsOn.EVENT_LOOP,
            PushModule::open),
        new Command(
            "credit",
            new Command.Resource.None(),
            Command.Permission.POLICY,
            Command.RunsOn.EVENT_LOOP,
            PushModule::credit));
  }

  private static Future<Reply> open(Call call) {
    if (call.lane() == Call.Lane.CALL) {
      throw new BridgeError(
          "TypeError", "ERR_INVALID_CALL", "the push stream is opened by fetch('ipc://push/')");
    }
    return Future.succeededFuture(
        new Reply.Bytes(
            ((RunningCall) call).pushStream().open(), -1, "application/octet-stream", Map.of()));
  }

  private static Future<Reply> credit(Call call) {
    long channel = positive(call, "channel");
    long bytes = positive(call, "bytes");
    ((RunningCall) call)
        .pushStream()
        .credit((int) Math.min(channel, Integer.MAX_VALUE), Math.min(bytes, Integer.MAX_VALUE));
    return Future.succeededFuture(Reply.NOTHING);
  }

  private static long positive(Call call, String name) {
    long value = call.param(name).map(JsonNode::asLong).orElse(0L);
    if (value < 1) {
      throw new BridgeError(
          "TypeError", "ERR_INVALID_CALL", "ipc://push/credit: '" + name + "' is a number from 1");
    }
    return value;
  }
}
