package dev.dunlin.bridge.extension;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.scheduler.Threads;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * {@code ipc://extension/…}: loads {@code extensions/<name>.jar} of the app, or the Maven project
 * in {@code extensions/<name>}, which registers a {@link CommandModule} of that name as a service.
 * Its methods are then commands like any other: {@code ipc://<name>/<method>}, by policy.
 *
 * <p>An extension is a part of the app with all that the app's user may do: what guards it is that
 * only the app's developer puts files into that folder, and that loading needs a source too.
 *
 * <p><i>Thread:</i> any. One thread of its own does it all, one thing after the other: who compiles
 * keeps no worker from the app's other calls.
 */
public final class ExtensionModule implements CommandModule {
  /** Extensions of an app. Over: {@code EMFILE}. */
  static final int EXTENSIONS = 64;

  /** What extensions are written against: grows when an old one would not run any more. */
  static final int ABI = 1;

  /** Calls of this module that wait for the one before. Over: {@code EAGAIN}. */
  static final int WAITING = 256;

  private static final Logger LOG = System.getLogger(ExtensionModule.class.getName());
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,63}");

  private final Path folder;
  private final Consumer<CommandModule> register;
  private final Consumer<String> unregister;

  private final ExecutorService lane = Threads.pool("extensions", 1, WAITING);

  // Owned by that thread.
  private final Map<String, Loaded> loaded = new TreeMap<>();

  private record Loaded(
      ExtensionLoader classes, Path path, Map<String, Object> info, RunningModule module) {}

  /**
   * @param folder the app's {@code extensions}; may be missing
   * @param register adds a module to the bridge; throws IllegalArgumentException if it can't be
   * @param unregister takes it out, by its name
   */
  public ExtensionModule(
      Path folder, Consumer<CommandModule> register, Consumer<String> unregister) {
    this.folder = folder;
    this.register = register;
    this.unregister = unregister;
  }

  @Override
  public String name() {
    return "extension";
  }

  @Override
  public List<Command> commands() {
    return List.of(
        command("load", new Command.Resource.Text(), this::load),
        command("unload", new Command.Resource.Text(), this::unload),
        command("type", new Command.Resource.Text(), this::type),
        command("stats", new Command.Resource.None(), this::stats));
  }

  private Command command(String function, Command.Resource resource, Command.Handler handler) {
    return new Command(
        function,
        resource,
        Command.Permission.POLICY,
        Command.RunsOn.EVENT_LOOP,
        call -> {
          Promise<Reply> answer = Promise.promise();
          try {
            lane.execute(
                () -> {
                  try {
                    handler.handle(call).onComplete(answer);
                  } catch (RuntimeException | Error e) {
                    answer.fail(e);
                  }
                });
          } catch (RejectedExecutionException full) {
            throw error(
                "EAGAIN",
                WAITING + " calls of ipc://extension wait already: wait for their answers");
          }
          return answer.future();
        });
  }

  private static Future<Reply> data(Object value) {
    return Future.succeededFuture(new Reply.Data(value));
  }

  private Future<Reply> load(Call call) {
    String name = call.resource();
    Loaded before = loaded.get(name);
    if (before != null) {
      return data(before.info);
    }
    if (loaded.size() >= EXTENSIONS) {
      throw error("EMFILE", "an app may have " + EXTENSIONS + " extensions loaded: unload some");
    }
    Path path = find(name);
    try {
      ExtensionLoader classes = new ExtensionLoader("extension " + name, parts(path));
      try {
        CommandModule module = module(name, classes);
        Map<String, Object> info = info(name, module);
        RunningModule running = new RunningModule(module);
        register.accept(running);
        loaded.put(name, new Loaded(classes, path, info, running));
        return data(info);
      } catch (RuntimeException | Error e) {
        classes.close();
        throw e;
      }
    } catch (IOException e) {
      throw error("ERR_EXTENSION", path + " can't be read or built: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw error("ERR_EXTENSION", path + " is refused: " + e.getMessage());
    } catch (ServiceConfigurationError | LinkageError e) {
      LOG.log(Level.WARNING, "an extension could not be loaded", e);
      throw error("ERR_EXTENSION", path + " can't be loaded: " + e);
    }
  }

  /** The jar, or the project, of this name; nothing outside the folder, by no link. */
  private Path find(String name) {
    if (!NAME.matcher(name).matches()) {
      throw error(
          "ERR_INVALID_ARG_VALUE",
          "'" + name + "' can't be an extension's name: it has a-z 0-9 - _, like a module's");
    }
    try {
      Path root = folder.toRealPath();
      Path jar = root.resolve(name + ".jar");
      Path project = root.resolve(name);
      List<Path> there = Files.exists(jar) ? List.of(jar) : new ExtensionSources(project).folders();
      for (Path one : there) {
        if (!one.toRealPath().startsWith(root)) {
          throw error("ERR_EXTENSION", one + " leads out of the app's extensions folder");
        }
      }
      if (!there.isEmpty()) {
        return (there.get(0).equals(jar) ? jar : project).toRealPath();
      }
    } catch (IOException missing) {
      // Said below: there is no such folder.
    }
    throw error(
        "ENOENT",
        "there is no extension '"
            + name
            + "': put "
            + name
            + ".jar into "
            + folder
            + ", or its source into "
            + folder.resolve(name).resolve("src/main/java"));
  }

  private static URL[] parts(Path found) throws IOException {
    List<Path> parts =
        Files.isDirectory(found) ? new ExtensionSources(found).build() : List.of(found);
    URL[] urls = new URL[parts.size()];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = parts.get(i).toUri().toURL();
    }
    return urls;
  }

  private static CommandModule module(String name, ExtensionLoader classes) {
    Iterator<CommandModule> found = ServiceLoader.load(CommandModule.class, classes).iterator();
    if (!found.hasNext()) {
      throw new IllegalArgumentException(
          "it has no file META-INF/services/"
              + CommandModule.class.getName()
              + " that names its class");
    }
    CommandModule module = found.next();
    if (found.hasNext()) {
      throw new IllegalArgumentException("it has more than one CommandModule");
    }
    if (!module.name().equals(name)) {
      throw new IllegalArgumentException(
          "its module is called '" + module.name() + "', and must be called as its file is");
    }
    return module;
  }

  private static Map<String, Object> info(String name, CommandModule module) {
    Package about = module.getClass().getPackage();
    Map<String, Object> info = new LinkedHashMap<>();
    info.put("abi", ABI);
    info.put("name", name);
    info.put("version", text(about.getImplementationVersion()));
    info.put("description", text(about.getImplementationTitle()));
    return info;
  }

  private static String text(String given) {
    return given == null ? "" : given;
  }

  private Future<Reply> unload(Call call) {
    Loaded gone = loaded.remove(call.resource());
    if (gone == null) {
      throw error("ENOENT", "no extension '" + call.resource() + "' is loaded");
    }
    unregister.accept(call.resource());
    return gone.module.whenIdle().compose(idle -> closed(gone));
  }

  private static Future<Reply> closed(Loaded gone) {
    try {
      gone.classes.close();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "an extension's jar did not close", e);
    }
    return data(Map.of());
  }

  private Future<Reply> type(Call call) {
    String name = call.resource();
    boolean known = loaded.containsKey(name) || exists(name);
    return data(Map.of("name", name, "type", known ? "shared" : "unknown"));
  }

  private boolean exists(String name) {
    try {
      return Files.exists(find(name));
    } catch (BridgeError e) {
      return false;
    }
  }

  private Future<Reply> stats(Call call) {
    String name = call.param("name").map(node -> node.asText()).orElse("");
    if (name.isEmpty()) {
      return data(Map.of("abi", ABI, "loaded", loaded.size()));
    }
    Loaded one = loaded.get(name);
    if (one == null) {
      throw error("ENOENT", "no extension '" + name + "' is loaded");
    }
    return data(Map.of("abi", ABI, "name", name, "type", "shared", "path", one.path.toString()));
  }

  private static BridgeError error(String code, String message) {
    return new BridgeError("Error", code, message);
  }
}
