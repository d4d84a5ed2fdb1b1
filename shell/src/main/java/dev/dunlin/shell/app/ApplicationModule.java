package dev.dunlin.shell.app;

import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** {@code ipc://application/…}: the app as a whole. */
final class ApplicationModule implements CommandModule {
  private final IntConsumer exit;
  private final Lazy config;
  private final Lazy versions;
  private final Supplier<Object> security;
  private final Map<String, Supplier<Future<Map<String, Object>>>> capabilities;
  private final List<Command> updates;

  /**
   * @param capabilities by name, what this machine has and lacks: each asked when a page asks, each
   *     with {@code available}, and if it is not, {@code reason}, {@code message} and {@code cure}
   */
  ApplicationModule(
      IntConsumer exit,
      Supplier<Object> config,
      Supplier<Object> versions,
      Supplier<Object> security,
      Map<String, Supplier<Future<Map<String, Object>>>> capabilities,
      UpdateCommands updates) {
    this.exit = exit;
    this.config = new Lazy(config);
    this.versions = new Lazy(versions);
    this.security = security;
    this.capabilities = new TreeMap<>(capabilities);
    this.updates = updates.all();
  }

  /** A value that stays the same, made when it is first wanted; by two threads at once, twice. */
  private static final class Lazy implements Supplier<Object> {
    private final Supplier<Object> make;
    private volatile Object value;

    Lazy(Supplier<Object> make) {
      this.make = make;
    }

    @Override
    public Object get() {
      if (value == null) {
        value = make.get();
      }
      return value;
    }
  }

  @Override
  public String name() {
    return "application";
  }

  @Override
  public List<Command> commands() {
    // All of these tell an app of itself, or end it, which only its top document may: see the
    // bridge's list AlwaysAllowed.
    List<Command> own =
        List.of(
            command("exit", Command.RunsOn.EVENT_LOOP, this::exit),
            command("config", Command.RunsOn.ARRIVAL, call -> answer(config)),
            command("capabilities", Command.RunsOn.WORKER, call -> capabilities()),
            command("versions", Command.RunsOn.ARRIVAL, call -> answer(versions)),
            // Looks at processes, which may take a while.
            command("security", Command.RunsOn.WORKER, call -> answer(security)));
    return Stream.concat(own.stream(), updates.stream()).toList();
  }

  private static Command command(String function, Command.RunsOn runsOn, Command.Handler handler) {
    return new Command(
        function, new Command.Resource.None(), Command.Permission.ALWAYS, runsOn, handler);
  }

  private static Future<Reply> answer(Supplier<Object> value) {
    return Future.succeededFuture(new Reply.Data(value.get()));
  }

  private Future<Reply> capabilities() {
    Map<String, Future<Map<String, Object>>> asked = new LinkedHashMap<>();
    capabilities.forEach((name, look) -> asked.put(name, look.get()));
    return Future.join(List.copyOf(asked.values()))
        .map(
            all -> {
              Map<String, Object> told = new LinkedHashMap<>();
              asked.forEach((name, found) -> told.put(name, found.result()));
              return new Reply.Data(told);
            });
  }

  private Future<Reply> exit(Call call) {
    exit.accept(call.param("code").map(code -> code.asInt(0)).orElse(0));
    return Future.succeededFuture(Reply.NOTHING);
  }
}
