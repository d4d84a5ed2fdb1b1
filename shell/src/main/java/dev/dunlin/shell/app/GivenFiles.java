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
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import java.util.regex.Pattern;

/**
 * {@code ipc://window/takeDropped} and {@code takeOpened}: files that a person has dropped on the
 * page, or has opened with the app, are granted to the window as picked ones are.
 *
 * <p>Adversary: a page that makes up a drop. What counts is no event of the page's: the host has
 * seen a person drop the file on this window, and Chromium says that the page holds that very file.
 */
final class GivenFiles {
  /** Files that are taken at once. Over: {@code ERR_TOO_MANY_FILES}, and none is granted. */
  static final int FILES = 512;

  /** Files remembered of one window, and of those to be opened. Over: the oldest is forgotten. */
  static final int REMEMBERED = 1024;

  private static final Pattern SLOT = Pattern.compile("[0-9a-f]{32}");
  private static final String GROUP = "dunlin-dropped";

  private final IntFunction<Optional<BrowserWindow>> windows;
  private final PageServices.Blocking blocking;
  private final Path home;

  /** What was dropped on a window, by its id. */
  private final Map<Integer, Set<Path>> known = new ConcurrentHashMap<>();

  /** What the person has opened with the app, and no page has taken yet. Guarded by itself. */
  private final Set<Path> opened = new LinkedHashSet<>();

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
    Set<Path> seen = new LinkedHashSet<>();
    known.put(window.id(), seen);
    window.onFilesDropped(files -> remember(seen, files));
    window.closed().onComplete(gone -> known.remove(window.id()));
  }

  /** The person has opened these with the app. */
  void opened(List<Path> files) {
    remember(opened, files);
  }

  private static void remember(Set<Path> known, List<Path> files) {
    synchronized (known) {
      for (Path file : files) {
        known.remove(file);
        known.add(file);
      }
      while (known.size() > REMEMBERED) {
        known.remove(known.iterator().next());
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
    List<Path> files;
    synchronized (opened) {
      files = List.copyOf(opened);
      opened.clear();
    }
    return blocking.run(() -> new Reply.Data(granted(call, files)));
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
        .compose(done -> blocking.run(() -> new Reply.Data(granted(call, dropped(window, held)))));
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

  private List<Path> dropped(BrowserWindow window, List<Path> held) {
    Set<Path> seen = known.getOrDefault(window.id(), Set.of());
    synchronized (seen) {
      if (!seen.containsAll(held)) {
        throw notDropped();
      }
    }
    return held;
  }

  private List<Map<String, Object>> granted(Call call, List<Path> files) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Path file : files) {
      if (home.startsWith(file)) {
        throw new BridgeError(
            "NotAllowedError",
            "ERR_TOO_MUCH",
            file + " holds all files of the person: a folder in it can be dropped");
      }
      try {
        Path real = call.grant(file, false);
        all.add(Map.of("path", real.toString(), "folder", Files.isDirectory(real)));
      } catch (IOException e) {
        throw new BridgeError(
            "NotFoundError", "ENOENT", file + " is not there, or can't be used: " + e.getMessage());
      }
    }
    return all;
  }
}
