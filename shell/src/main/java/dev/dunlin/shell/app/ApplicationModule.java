package dev.dunlin.shell.app;

import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** {@code ipc://application/…}: the app as a whole. */
final class ApplicationModule implements CommandModule {
  private final IntConsumer exit;
  private final Supplier<Object> config;
  private final Supplier<Object> versions;
  private final Supplier<Object> security;

  ApplicationModule(
      IntConsumer exit,
      Supplier<Object> config,
      Supplier<Object> versions,
      Supplier<Object> security) {
    this.exit = exit;
    this.config = config;
    this.versions = versions;
    this.security = security;
  }

  @Override
  public String name() {
    return "application";
  }

  @Override
  public List<Command> commands() {
    // All of these tell an app of itself, or end it, which only its top document may: see the
    // bridge's list AlwaysAllowed.
    return List.of(
        command("exit", Command.RunsOn.EVENT_LOOP, this::exit),
        command("config", Command.RunsOn.ARRIVAL, call -> answer(config)),
        command("versions", Command.RunsOn.ARRIVAL, call -> answer(versions)),
        // Looks at processes, which may take a while.
        command("security", Command.RunsOn.WORKER, call -> answer(security)));
  }

  private static Command command(String function, Command.RunsOn runsOn, Command.Handler handler) {
    return new Command(
        function, new Command.Resource.None(), Command.Permission.ALWAYS, runsOn, handler);
  }

  private static Future<Reply> answer(Supplier<Object> value) {
    return Future.succeededFuture(new Reply.Data(value.get()));
  }

  private Future<Reply> exit(Call call) {
    exit.accept(call.param("code").map(code -> code.asInt(0)).orElse(0));
    return Future.succeededFuture(Reply.NOTHING);
  }
}
