package dev.dunlin.shell.desktop;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** {@code ipc://power/…}: sleep, the source of power, and a screen that stays on. */
final class PowerModule implements CommandModule {
  private final Supplier<Power> power;

  PowerModule(Supplier<Power> power) {
    this.power = power;
  }

  @Override
  public String name() {
    return "power";
  }

  @Override
  public List<Command> commands() {
    return List.of(
        command("state", new Command.Resource.None(), Power.NO_LOGIND, call -> power.get().state()),
        command("watch", new Command.Resource.None(), Power.NO_LOGIND, this::watch),
        command("keepAwake", new Command.Resource.None(), Power.NO_SAVER, this::keepAwake),
        command("letSleep", new Command.Resource.Handle(), Power.NO_SAVER, PowerModule::letSleep));
  }

  private static Command command(
      String function, Command.Resource resource, Absent absent, Function<Call, Future<?>> work) {
    return new Command(
        function,
        resource,
        Command.Permission.POLICY,
        Command.RunsOn.WORKER,
        call ->
            work.apply(call)
                .<Reply>map(Reply.Data::new)
                .recover(fault -> Future.failedFuture(BusError.toPage(fault, absent))));
  }

  private Future<?> watch(Call call) {
    int window = call.caller().window();
    if (window < 0) {
      throw new BridgeError(
          "NotFoundError",
          "ERR_NO_WINDOW",
          "this page has no window of its own: watch from a window's page");
    }
    return power.get().watch(window).compose(done -> power.get().state());
  }

  /** Until its handle is closed, with the document at the latest. */
  private Future<?> keepAwake(Call call) {
    String why =
        NotificationModule.cut(
            NotificationModule.clean(call.param("why").map(JsonNode::asText).orElse("")),
            NotificationModule.NAME_LENGTH);
    if (why.isEmpty()) {
      throw new BridgeError(
          "TypeError", "ERR_INVALID_CALL", "it needs why: a text that the desktop may show");
    }
    return power.get().keepAwake(why).map(undo -> Map.of("id", call.register(undo).toString()));
  }

  private static Future<?> letSleep(Call call) {
    Power.Awake awake = call.handle(Power.Awake.class);
    call.release();
    return awake.end().mapEmpty();
  }
}
