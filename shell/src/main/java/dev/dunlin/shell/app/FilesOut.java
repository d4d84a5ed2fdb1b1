package dev.dunlin.shell.app;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.shell.engine.BrowserWindow;
import dev.dunlin.shell.engine.Scale;
import dev.dunlin.shell.engine.WindowHandle;
import dev.dunlin.shell.host.HostException;
import dev.dunlin.shell.host.Os;
import dev.dunlin.shell.host.XFileDrag;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.awt.Frame;
import java.awt.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;

/**
 * {@code ipc://window/dragFile/<path>}: a file that the page's policy names follows the pressed
 * mouse out of the window, for another program to take. Several are told one after the other.
 *
 * <p>Adversary: a page that gives files away unasked. The person has pressed the button in the page
 * and has it pressed still; not, that the pointer is over the window: a quick one has left it
 * before this is asked. And one that would read so what it may not: no window of the app takes the
 * files, nor is the person's whole home dragged ({@link XFileDrag} says more).
 */
final class FilesOut {
  /** Files that are dragged at once. Over: {@code ERR_TOO_MANY_FILES}. */
  static final int FILES = 512;

  private static final String ELSEWHERE = "Files can be dragged out of a page on X11 alone.";

  private final IntFunction<Optional<BrowserWindow>> windows;
  private final WindowIcons pictures;
  private final Path home;
  private final OneAtATime dragging = new OneAtATime("ERR_DRAG", "a drag of files");

  /** Those that are dragged with the next one, by the window's id. */
  private final Map<Integer, Noted> noted = new ConcurrentHashMap<>();

  /**
   * Real paths that a document has named.
   *
   * @param document which alone drags them
   */
  private record Noted(String document, List<Path> files) {
    static final Noted NOTHING = new Noted("", List.of());
  }

  /**
   * @param home the person's home folder, which is never dragged as a whole
   */
  FilesOut(IntFunction<Optional<BrowserWindow>> windows, WindowIcons pictures, Path home) {
    this.windows = windows;
    this.pictures = pictures;
    this.home = home;
  }

  List<Command> commands() {
    return List.of(
        new Command(
            "dragFile",
            new Command.Resource.File(Command.LastSegment.FOLLOW, call -> Command.Access.READ, ""),
            Command.Permission.PERSON,
            Command.RunsOn.WORKER,
            this::drag));
  }

  /** The line of {@code application.capabilities()}. */
  static Future<Map<String, Object>> capability() {
    return Future.succeededFuture(capability(Os.here(), System.getenv()));
  }

  static Map<String, Object> capability(Os os, Map<String, String> environment) {
    if (os != Os.LINUX) {
      return missing("not-x11", ELSEWHERE);
    }
    return environment.containsKey("WAYLAND_DISPLAY")
            && "wayland".equals(environment.get("XDG_SESSION_TYPE"))
        ? missing("wayland-not-tried", ELSEWHERE + " Wayland is not tried.")
        : Map.of("available", true, "reason", "", "message", "", "cure", "");
  }

  private static Map<String, Object> missing(String reason, String message) {
    return Map.of(
        "available",
        false,
        "reason",
        reason,
        "message",
        message,
        "cure",
        "Offer the file by showSaveFilePicker() there");
  }

  private Future<Reply> drag(Call call) {
    BrowserWindow window = PageServices.windowOf(windows, call);
    if (Os.here() != Os.LINUX) {
      throw new BridgeError("NotSupportedError", "ERR_NO_DRAG", ELSEWHERE);
    }
    Path file = call.path().real();
    requireDraggable(file);
    boolean more = WindowParams.flag(call, "more").orElse(false);
    List<Path> all =
        note(window, call.caller().document(), file, WindowParams.flag(call, "first").orElse(true));
    if (more) {
      return Future.succeededFuture(Reply.NOTHING);
    }
    noted.replace(window.id(), Noted.NOTHING);
    Optional<Image> picture = pictures.asked(call);
    return window
        .mouseHeld()
        .compose(
            held ->
                held
                    ? drag(window, all, picture, call.cancelled())
                    : Future.failedFuture(notPressed()))
        .map(taken -> new Reply.Data(taken ? "copy" : "none"));
  }

  private void requireDraggable(Path file) {
    if (!Files.exists(file)) {
      throw new BridgeError("NotFoundError", "ENOENT", file + " is not there");
    }
    try {
      if (GivenFiles.holdsHome(file, home)) {
        throw new BridgeError(
            "NotAllowedError",
            "ERR_TOO_MUCH",
            file + " holds all files of the person: drag a folder in it");
      }
    } catch (IOException e) {
      throw new BridgeError("NotFoundError", "ENOENT", file + " can't be used: " + e.getMessage());
    }
  }

  /** With those that the same document has named before, unless it is the first. */
  private List<Path> note(BrowserWindow window, String document, Path file, boolean first) {
    if (noted.putIfAbsent(window.id(), Noted.NOTHING) == null) {
      window.closed().onComplete(gone -> noted.remove(window.id()));
    }
    Noted all =
        noted.computeIfPresent(
            window.id(),
            (id, before) -> {
              List<Path> files = new ArrayList<>();
              if (!first && before.document.equals(document)) {
                files.addAll(before.files);
              }
              if (files.size() == FILES) {
                throw new BridgeError(
                    "RangeError",
                    "ERR_TOO_MANY_FILES",
                    "at most " + FILES + " files are dragged at once");
              }
              files.add(file);
              return new Noted(document, List.copyOf(files));
            });
    if (all == null) {
      throw new BridgeError("NotFoundError", "ERR_NO_WINDOW", "the window has closed");
    }
    return all.files;
  }

  /** Another may begin when the person has let go of this one. */
  private Future<Boolean> drag(
      BrowserWindow window, List<Path> files, Optional<Image> picture, Future<Void> withdrawn) {
    return dragging
        .in(
            window.id(),
            () ->
                window
                    .onFrame(frame -> begin(frame, window.scale(), files, picture, withdrawn))
                    .compose(drag -> drag.released().map(drag)))
        .compose(XFileDrag.Drag::taken);
  }

  private static XFileDrag.Drag begin(
      Frame frame, Scale scale, List<Path> files, Optional<Image> picture, Future<Void> withdrawn) {
    Promise<Void> ended = Promise.promise();
    withdrawn.onComplete(any -> ended.tryComplete());
    try {
      XFileDrag.Drag drag = XFileDrag.start(WindowHandle.xid(frame), files, ended.future());
      showOrEnd(() -> DragPicture.follow(frame, scale, files, picture, drag.released()), ended);
      return drag;
    } catch (XFileDrag.NotPressedException e) {
      throw notPressed();
    } catch (XFileDrag.TooLongException e) {
      throw new BridgeError("RangeError", "ERR_TOO_MANY_FILES", e.getMessage() + ": drag fewer");
    } catch (HostException e) {
      throw new BridgeError("NotSupportedError", "ERR_NO_DRAG", e.getMessage());
    }
  }

  /** Nothing is given that the person does not see. */
  static void showOrEnd(Runnable show, Promise<Void> drag) {
    try {
      show.run();
    } catch (RuntimeException | Error e) {
      drag.tryComplete();
      throw e;
    }
  }

  private static BridgeError notPressed() {
    return new BridgeError(
        "SecurityError",
        "ERR_NO_USER_ACTIVATION",
        "files are dragged only while the person holds the button pressed in the page: call it in"
            + " a handler of dragstart, after preventDefault()");
  }
}
