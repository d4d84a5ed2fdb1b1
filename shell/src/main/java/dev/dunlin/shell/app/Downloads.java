package dev.dunlin.shell.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.bridge.fs.CheckedFile;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Access;
import dev.dunlin.bridge.spi.Command.LastSegment;
import dev.dunlin.bridge.spi.Command.Permission;
import dev.dunlin.bridge.spi.Command.Resource;
import dev.dunlin.bridge.spi.Command.RunsOn;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.shell.Trees;
import dev.dunlin.shell.engine.Download;
import dev.dunlin.shell.engine.Download.Progress;
import dev.dunlin.shell.engine.Download.State;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * {@code ipc://download/…}: what a page saves by a link or an attachment. Chromium brings it to us,
 * and it becomes a call of {@code save} in the name of the window's top document: the dispatcher
 * checks it as any other. Chromium writes into a folder that no page reaches; what is whole is then
 * put at the checked path.
 */
final class Downloads implements CommandModule {
  /** Name of the event that pages hear. */
  static final String EVENT = "download";

  /** Longest name of a saved file, in bytes of UTF-8. Over: it is cut off. */
  static final int NAME_BYTES = 200;

  /** Files of one name in a folder, {@code name (1).txt} and so on. Over: the save is refused. */
  static final int SAME_NAME = 1000;

  /** What a download needs of the rest. */
  interface Pages {
    /** The documents that the window's top frame may show now: none if they are not the app's. */
    List<String> shown(int window);

    /** Calls a command in the name of the one of these that it shows. */
    Future<Reply> call(int window, List<String> shown, String path, ObjectNode params);

    void emit(int window, String event, Object detail);

    void refused(String url, String why);
  }

  private final Path partial;
  private final Path standardFolder;
  private final CheckedFile files;
  private final PageServices.Blocking blocking;
  private final RandomSource random;
  private final Pages pages;
  private final Map<String, Offer> offers = new ConcurrentHashMap<>();
  private final FreePaths free = new FreePaths(SAME_NAME);
  private final Map<Integer, Path> folders = new ConcurrentHashMap<>();

  /**
   * @param path kept for it until it has ended
   */
  private record Offer(Download download, Path path) {}

  // Guarded by this.
  private boolean prepared;

  /**
   * @param partial where Chromium writes what is not whole; emptied at the first download
   * @param folder where files go unless a page has said otherwise
   */
  Downloads(
      Path partial,
      Path folder,
      CheckedFile files,
      PageServices.Blocking blocking,
      RandomSource random,
      Pages pages) {
    this.partial = partial;
    this.standardFolder = folder;
    this.files = files;
    this.blocking = blocking;
    this.random = random;
    this.pages = pages;
  }

  @Override
  public String name() {
    return "download";
  }

  @Override
  public List<Command> commands() {
    return List.of(
        file("save", this::save),
        file("folder", this::folder),
        handle("pause", Download::pause),
        handle("resume", Download::resume),
        handle("cancel", Download::cancel));
  }

  private static Command file(String function, Command.Handler handler) {
    return new Command(
        function,
        new Resource.File(LastSegment.FOLLOW, call -> Access.WRITE, ""),
        Permission.POLICY,
        RunsOn.WORKER,
        handler);
  }

  private static Command handle(String function, Consumer<Download> action) {
    return new Command(
        function,
        new Resource.Handle(),
        Permission.POLICY,
        RunsOn.EVENT_LOOP,
        call -> {
          action.accept(call.handle(Download.class));
          return Future.succeededFuture(Reply.NOTHING);
        });
  }

  /** A page asks to save a file. Any thread; does not block. */
  void offered(int window, Download download) {
    String id = random.hex128();
    ObjectNode params = JsonNodeFactory.instance.objectNode().put("offer", id);
    // Now: who asks is not who is shown when the disk has answered.
    List<String> shown = pages.shown(window);
    Path folder = folders.getOrDefault(window, standardFolder);
    blocking
        .run(() -> free.take(folder, fileName(download.suggestedName())))
        .compose(
            path -> {
              offers.put(id, new Offer(download, path));
              return pages
                  .call(window, shown, path.toString(), params)
                  .onFailure(
                      refused -> {
                        // Else it is under way, and gives the path back when it ends.
                        if (offers.remove(id) != null) {
                          free.giveBack(path);
                        }
                      });
            })
        .onFailure(
            fault -> {
              download.cancel();
              pages.refused(download.url(), fault.getMessage());
            });
  }

  /** The window is gone, or shows what is not the app's: the folder is the standard one again. */
  void forgetFolder(int window) {
    folders.remove(window);
  }

  /** A name without what a file system, or a person, could take for something else. */
  static String fileName(String suggested) {
    String last = suggested.substring(suggested.replace('\\', '/').lastIndexOf('/') + 1);
    String plain =
        last.codePoints()
            .map(
                c ->
                    Character.isISOControl(c) || ":*?\"<>|".indexOf(c) >= 0 || isInvisible(c)
                        ? '_'
                        : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString()
            .strip()
            .replaceFirst("^[.]+", "_")
            .replaceFirst("[. ]+$", "");
    while (plain.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES) {
      // The suffix says what it is: the middle goes.
      int dot = plain.lastIndexOf('.');
      int end = dot < 1 || plain.length() - dot > 16 ? plain.length() : dot;
      int from = plain.offsetByCodePoints(end, -1);
      plain = plain.substring(0, from) + plain.substring(end);
    }
    return plain.isEmpty() ? "download" : plain;
  }

  /** Marks of direction and the like, by which {@code exe.txt} is shown for {@code txt.exe}. */
  private static boolean isInvisible(int c) {
    return Character.getType(c) == Character.FORMAT || Character.getType(c) == Character.SURROGATE;
  }

  private Future<Reply> folder(Call call) {
    if (!Files.isDirectory(call.path().real())) {
      throw new BridgeError(
          "Error", "ENOTDIR", "ENOTDIR: not a directory, folder '" + call.path().asked() + "'");
    }
    folders.put(call.caller().window(), call.path().real());
    return Future.succeededFuture(Reply.NOTHING);
  }

  private Future<Reply> save(Call call) {
    Offer offer =
        call.param("offer")
            .map(id -> offers.remove(id.asText()))
            .orElseThrow(
                () ->
                    PageServices.invalid(
                        "a page does not call this: it follows a link with the attribute download,"
                            + " or to what the server sends as an attachment"));
    Download download = offer.download();
    Path whole = partial.resolve(random.hex128());
    try {
      prepare();
    } catch (IOException e) {
      free.giveBack(offer.path());
      throw new BridgeError("Error", "EIO", "no download can begin: " + e.getMessage());
    }
    String id = call.register(download).value();
    int window = call.caller().window();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("id", id);
    facts.put("url", shown(download.url()));
    facts.put("path", call.path().asked());
    download.accept(
        whole,
        progress -> {
          if (progress.state() == State.DONE) {
            blocking
                .run(() -> place(call, whole))
                .onComplete(
                    done -> {
                      free.giveBack(offer.path());
                      tell(
                          window,
                          done.succeeded() ? facts : failed(facts, done.cause()),
                          progress,
                          done.succeeded() ? "done" : "failed");
                    });
          } else {
            if (progress.state() != State.RUNNING) {
              free.giveBack(offer.path());
              blocking.run(() -> Files.deleteIfExists(whole));
            }
            tell(
                window,
                progress.state() == State.FAILED
                    ? failed(
                        facts,
                        new BridgeError(
                            "NetworkError",
                            "ERR_DOWNLOAD",
                            "it broke off: the server ended it, or the disk of "
                                + partial
                                + " is full"))
                    : facts,
                progress,
                progress.state().name().toLowerCase(Locale.ROOT));
          }
        });
    return Future.succeededFuture(new Reply.Data(Map.of("id", id)));
  }

  private Void place(Call call, Path whole) throws IOException {
    try (InputStream in = Files.newInputStream(whole)) {
      files.create(call.path(), in, "write");
    } finally {
      Files.deleteIfExists(whole);
    }
    return null;
  }

  private static Map<String, Object> failed(Map<String, Object> facts, Throwable fault) {
    Map<String, Object> all = new LinkedHashMap<>(facts);
    all.put("code", fault instanceof BridgeError known ? known.code() : "EIO");
    all.put("message", String.valueOf(fault.getMessage()));
    return all;
  }

  private void tell(int window, Map<String, Object> facts, Progress progress, String state) {
    Map<String, Object> all = new LinkedHashMap<>(facts);
    all.put("state", state);
    all.put("received", progress.received());
    all.put("total", progress.total());
    pages.emit(window, EVENT, all);
  }

  /** A {@code data:} URL may have megabytes. */
  private static String shown(String url) {
    return url.length() <= NAME_BYTES ? url : url.substring(0, NAME_BYTES) + "…";
  }

  /** Makes the folder; at the first download without what an earlier run has left unfinished. */
  private synchronized void prepare() throws IOException {
    if (!prepared) {
      Trees.delete(partial);
      prepared = true;
    }
    Files.createDirectories(partial);
  }
}
