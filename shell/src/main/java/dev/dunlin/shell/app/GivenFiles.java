package dev.dunlin.shell.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.shell.engine.BrowserWindow;
import dev.dunlin.shell.engine.PageProtocol;
import io.vertx.core.Future;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import java.util.regex.Pattern;

/**
 * {@code ipc://window/takeDropped} and {@code takeOpened}: files that a person has dropped on the
 * page, or has opened with the app, are granted to the window as picked ones are.
 *
 * <p>Adversary: a page that makes up a drop. What counts is no event of the page's: the host has
 * seen a person drop the file on this window, and Chromium says that the page holds that very file.
 * And a page that puts a link in the place of such a file: granted is what stood there when the
 * person gave it.
 */
final class GivenFiles {
  /** Files that are taken at once. Over: {@code ERR_TOO_MANY_FILES}, and none is granted. */
  static final int FILES = 512;

  /** Files remembered of one window, and of those to be opened. Over: the oldest is forgotten. */
  static final int REMEMBERED = 1024;

  private static final Pattern SLOT = Pattern.compile("[0-9a-f]{32}");
  private static final String GROUP = "dunlin-dropped";
  private static final Logger LOG = System.getLogger(GivenFiles.class.getName());

  private final IntFunction<Optional<BrowserWindow>> windows;
  private final PageServices.Blocking blocking;
  private final Path home;

  /**
   * What was dropped on the document of a window, by the window's id: the names, each with its real
   * path of then. Each guarded by itself.
   */
  private final Map<Integer, Map<Path, Path>> known = new ConcurrentHashMap<>();

  /**
   * What the person has opened with the app, and no page has taken yet, in the same way. Guarded by
   * itself.
   */
  private final Map<Path, Path> opened = new LinkedHashMap<>();

  /**
   * @param home the person's home folder, which is never granted as a whole
   */
  GivenFiles(
      IntFunction<Optional<BrowserWindow>> windows, PageServices.Blocking blocking, Path home) {
    this.windows = windows;
    this.blocking = blocking;
    this.home = home;
  }

  /** A window has opened. */
  void attach(BrowserWindow window) {
    Map<Path, Path> seen = new LinkedHashMap<>();
    known.put(window.id(), seen);
    window.onFilesDropped(files -> remember(seen, real(files)));
    window.closed().onComplete(gone -> known.remove(window.id()));
  }

  /** A window shows another document: nothing was dropped on that one. */
  void forget(int window) {
    Map<Path, Path> seen = known.get(window);
    if (seen != null) {
      synchronized (seen) {
        seen.clear();
      }
    }
  }

  /** The person has opened these with the app. */
  void opened(List<Path> files) {
    remember(opened, real(files));
  }

  /** Each by its name; what is not there is left out. */
  static Map<Path, Path> real(List<Path> files) {
    Map<Path, Path> real = new LinkedHashMap<>();
    for (Path file : files) {
      try {
        real.put(file, file.toRealPath());
      } catch (IOException e) {
        LOG.log(Logger.Level.DEBUG, "a given file is not there", e);
      }
    }
    return real;
  }

  private static void remember(Map<Path, Path> known, Map<Path, Path> files) {
    synchronized (known) {
      known.keySet().removeAll(files.keySet());
      known.putAll(files);
      while (known.size() > REMEMBERED) {
        known.remove(known.keySet().iterator().next());
      }
    }
  }

  List<Command> commands() {
    return List.of(
        command("takeDropped", this::takeDropped), command("takeOpened", this::takeOpened));
  }

  private static Command command(String function, Command.Handler handler) {
    return new Command(
        function,
        new Command.Resource.None(),
        Command.Permission.PERSON,
        Command.RunsOn.EVENT_LOOP,
        handler);
  }

  private Future<Reply> takeOpened(Call call) {
    Map<Path, Path> files;
    synchronized (opened) {
      files = new LinkedHashMap<>(opened);
      opened.clear();
    }
    return blocking.run(
        () -> {
          try {
            return new Reply.Data(granted(call, files));
          } finally {
            remember(opened, files);
          }
        });
  }

  /** Grants those that can be, and takes them out. */
  private List<Map<String, Object>> granted(Call call, Map<Path, Path> files) {
    List<Map<String, Object>> all = new ArrayList<>();
    files
        .values()
        .removeIf(
            file -> {
              try {
                check(file);
                all.add(granted(call, file));
                return true;
              } catch (BridgeError e) {
                // It may be there again when the page asks anew; the others are not kept from it.
                LOG.log(Logger.Level.DEBUG, "an opened file can't be granted", e);
                return false;
              }
            });
    return all;
  }

  private Future<Reply> takeDropped(Call call) {
    BrowserWindow window = PageServices.windowOf(windows, call);
    String slot = call.param("slot").map(JsonNode::asText).orElse("");
    int count = call.param("count").map(JsonNode::asInt).orElse(0);
    if (!SLOT.matcher(slot).matches() || count < 0) {
      throw new BridgeError(
          "TypeError", "ERR_INVALID_CALL", "takeDropped is called by droppedHandles alone");
    }
    if (count > FILES) {
      throw new BridgeError(
          "RangeError", "ERR_TOO_MANY_FILES", "at most " + FILES + " files are taken at once");
    }
    PageProtocol page = window.protocol();
    List<Path> held = new ArrayList<>();
    Future<Void> asked = Future.succeededFuture();
    for (int i = 0; i < count; i++) {
      int index = i;
      asked =
          asked
              .compose(done -> path(page, slot, index))
              .map(
                  path -> {
                    held.add(path);
                    return null;
                  });
    }
    return asked
        .eventually(
            () ->
                page.call(
                    "Runtime.releaseObjectGroup", PageProtocol.object().put("objectGroup", GROUP)))
        .compose(
            done ->
                blocking.run(() -> new Reply.Data(takeDropped(call, seenBy(window.id()), held))));
  }

  /** Where the file is that the page holds at this place; Chromium says it, not the page. */
  private static Future<Path> path(PageProtocol page, String slot, int index) {
    return page.call(
            "Runtime.evaluate",
            PageProtocol.object()
                .put(
                    "expression",
                    "getEventListeners(window)['dunlin:" + slot + "'][0].listener(" + index + ")")
                .put("includeCommandLineAPI", true)
                .put("objectGroup", GROUP)
                .put("silent", true))
        .compose(
            file ->
                page.call(
                    "DOM.getFileInfo",
                    PageProtocol.object()
                        .put("objectId", file.path("result").path("objectId").asText())))
        .map(info -> info.path("path").asText())
        .recover(none -> Future.succeededFuture(""))
        .map(
            path -> {
              try {
                if (path.startsWith("/")) {
                  return Path.of(path).normalize();
                }
              } catch (InvalidPathException e) {
                // Said below: nobody has dropped a file of such a name.
              }
              throw notDropped();
            });
  }

  private static BridgeError notDropped() {
    return new BridgeError(
        "NotAllowedError",
        "ERR_NOT_DROPPED",
        "only files that a person has dropped on this window can be taken: call droppedHandles with"
            + " the event of the drop, in its handler");
  }

  private Map<Path, Path> seenBy(int window) {
    return known.getOrDefault(window, Map.of());
  }

  /** All of them or none, in the order of the page's files. */
  List<Map<String, Object>> takeDropped(Call call, Map<Path, Path> seen, List<Path> held) {
    List<Path> files = new ArrayList<>();
    synchronized (seen) {
      for (Path name : held) {
        files.add(Optional.ofNullable(seen.get(name)).orElseThrow(GivenFiles::notDropped));
      }
    }
    files.forEach(this::check);
    return files.stream().map(file -> granted(call, file)).toList();
  }

  /**
   * @param file its real path, of when the person gave it
   */
  private void check(Path file) {
    try {
      if (holdsHome(file, home)) {
        throw new BridgeError(
            "NotAllowedError",
            "ERR_TOO_MUCH",
            file + " holds all files of the person: a folder in it can be dropped");
      }
      if (!file.toRealPath().equals(file)) {
        throw new IOException("something else was put in its place");
      }
      if (!Files.isRegularFile(file) && !Files.isDirectory(file)) {
        throw new IOException("it is neither a file nor a folder");
      }
    } catch (IOException e) {
      throw gone(file, e);
    }
  }

  /** Whether a folder is the person's home or above it, by whatever links either is named. */
  static boolean holdsHome(Path folder, Path home) throws IOException {
    // Where there is no home, nothing holds it.
    return Files.exists(home) && home.toRealPath().startsWith(folder.toRealPath());
  }

  private static Map<String, Object> granted(Call call, Path file) {
    try {
      call.grantReal(file, false);
      return Map.of("path", file.toString(), "folder", Files.isDirectory(file));
    } catch (IOException e) {
      throw gone(file, e);
    }
  }

  private static BridgeError gone(Path file, IOException e) {
    return new BridgeError(
        "NotFoundError", "ENOENT", file + " is not there, or can't be used: " + e.getMessage());
  }
}
