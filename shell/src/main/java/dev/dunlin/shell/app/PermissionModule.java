package dev.dunlin.shell.app;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Resource;
import dev.dunlin.bridge.spi.Command.RunsOn;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.shell.config.Permission;
import dev.dunlin.shell.engine.BrowserWindow;
import dev.dunlin.shell.engine.PageProtocol;
import io.vertx.core.Future;
import java.awt.Frame;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.IntFunction;
import javax.swing.JOptionPane;

/**
 * {@code ipc://permission/request/<name>}: the person is asked whether the app may use a camera and
 * the like, once; what was said is remembered for the app's origin. JCEF has no handler for
 * Chromium's own question, which is always answered with no; the DevTools protocol says yes.
 */
final class PermissionModule implements CommandModule {
  /** What can be asked for: its name in the Permissions API, and in a question. */
  enum Kind {
    CAMERA("camera", "use the camera", Permission.CAMERA, Permission.USER_MEDIA),
    MICROPHONE("microphone", "use the microphone", Permission.MICROPHONE, Permission.USER_MEDIA),
    GEOLOCATION("geolocation", "know where you are", Permission.GEOLOCATION),
    NOTIFICATIONS("notifications", "show notifications", Permission.NOTIFICATIONS),
    CLIPBOARD("clipboard-read", "read the clipboard", Permission.CLIPBOARD),
    LOCAL_FONTS("local-fonts", "see the fonts of this computer", Permission.LOCAL_FONTS),
    MIDI("midi", "use MIDI devices"),
    STORAGE("persistent-storage", "keep its data for good");

    private final String api;
    private final String words;
    private final Set<Permission> settings;

    Kind(String api, String words, Permission... settings) {
      this.api = api;
      this.words = words;
      this.settings = Set.of(settings);
    }

    private static Kind of(String name) {
      for (Kind kind : values()) {
        if (kind.api.equals(name)) {
          return kind;
        }
      }
      throw PageServices.invalid(
          "there is no permission '"
              + name
              + "' to ask for; there are "
              + String.join(", ", List.of(values()).stream().map(kind -> kind.api).toList()));
    }
  }

  private final String app;
  private final String origin;
  private final IntFunction<Optional<BrowserWindow>> windows;
  private final boolean headless;
  private final Set<Permission> denied;
  private final Path file;
  private final PageServices.Blocking blocking;
  private final OneAtATime asking = new OneAtATime("ERR_PICKER_OPEN", "a question");

  /**
   * @param app the app's title
   * @param denied what {@code [permissions]} takes away: nobody is asked for that
   * @param data where answers are kept
   */
  PermissionModule(
      String app,
      String origin,
      IntFunction<Optional<BrowserWindow>> windows,
      boolean headless,
      Set<Permission> denied,
      Path data,
      PageServices.Blocking blocking) {
    this.app = app;
    this.origin = origin;
    this.windows = windows;
    this.headless = headless;
    this.denied = denied;
    this.file = data.resolve(".permissions").resolve("answers");
    this.blocking = blocking;
  }

  @Override
  public String name() {
    return "permission";
  }

  @Override
  public List<Path> secretFiles() {
    return List.of(file.getParent());
  }

  @Override
  public List<Command> commands() {
    return List.of(
        PageServices.declared(
            "request",
            new Resource.Text(),
            Command.Permission.PERSON,
            RunsOn.EVENT_LOOP,
            this::request),
        PageServices.declared(
            "forget",
            new Resource.Text(),
            Command.Permission.POLICY,
            RunsOn.EVENT_LOOP,
            this::forget));
  }

  private Future<Reply> request(Call call) {
    BrowserWindow window = PageServices.windowOf(windows, call);
    Kind kind = Kind.of(call.resource());
    for (Permission setting : kind.settings) {
      if (denied.contains(setting)) {
        return answer("denied");
      }
    }
    return blocking
        .run(this::answers)
        .compose(
            known -> {
              String before = known.getProperty(kind.api, "");
              return before.isEmpty()
                  ? ask(window, kind, call.cancelled())
                      .compose(said -> blocking.run(() -> remember(kind, said)))
                  : Future.succeededFuture(before);
            })
        .compose(said -> tell(window.protocol(), kind, said).compose(done -> answer(said)));
  }

  private static Future<Reply> answer(String state) {
    return Future.succeededFuture(new Reply.Data(state));
  }

  private Future<String> ask(BrowserWindow window, Kind kind, Future<Void> cancelled) {
    if (headless) {
      throw new BridgeError(
          "NotAllowedError",
          "ERR_NO_PERSON",
          "nobody is at the screen to be asked for " + kind.api + ": this run is headless");
    }
    return asking.in(window.id(), () -> askOnGesture(window, kind, cancelled));
  }

  private Future<String> askOnGesture(BrowserWindow window, Kind kind, Future<Void> cancelled) {
    return window
        .userActivation()
        .compose(
            active ->
                active
                    ? window.onFrame(owner -> ask(owner, kind, cancelled))
                    : Future.failedFuture(
                        new BridgeError(
                            "SecurityError",
                            "ERR_NO_USER_ACTIVATION",
                            "the person is asked only when they have just clicked or pressed a key"
                                + " in the page: call it in the handler of that event")));
  }

  private String ask(Frame owner, Kind kind, Future<Void> cancelled) {
    int answer =
        new Question(
                "A question of " + app,
                JOptionPane.QUESTION_MESSAGE,
                List.of("May this app " + kind.words + "? It asks as " + app + "."),
                List.of("Allow", "Don't allow"),
                1)
            .ask(owner, cancelled);
    if (answer == Question.CLOSED) {
      throw new BridgeError("AbortError", "ABORT_ERR", "The person did not answer");
    }
    return answer == 0 ? "granted" : "denied";
  }

  private Future<Reply> forget(Call call) {
    Kind kind = Kind.of(call.resource());
    PageProtocol page = PageServices.windowOf(windows, call).protocol();
    return blocking
        .run(() -> remember(kind, ""))
        .compose(done -> tell(page, kind, "prompt"))
        .map(done -> Reply.NOTHING);
  }

  private Future<Void> tell(PageProtocol page, Kind kind, String state) {
    var asked = PageProtocol.object().put("origin", origin).put("setting", state);
    asked.putObject("permission").put("name", kind.api);
    return page.call("Browser.setPermission", asked).mapEmpty();
  }

  /** A page has loaded: what was granted before holds for it. Any thread. */
  void loaded(int index) {
    windows
        .apply(index)
        .ifPresent(
            window ->
                blocking
                    .run(this::answers)
                    .onSuccess(
                        known -> {
                          for (Kind kind : Kind.values()) {
                            if ("granted".equals(known.getProperty(kind.api))
                                && kind.settings.stream().noneMatch(denied::contains)) {
                              tell(window.protocol(), kind, "granted");
                            }
                          }
                        }));
  }

  private synchronized Properties answers() throws IOException {
    Properties known = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      known.load(in);
    } catch (NoSuchFileException none) {
      return known;
    }
    return known;
  }

  private synchronized String remember(Kind kind, String state) throws IOException {
    Properties known = answers();
    if (state.isEmpty()) {
      known.remove(kind.api);
    } else {
      known.setProperty(kind.api, state);
    }
    Files.createDirectories(file.getParent());
    Path draft = file.resolveSibling("answers.new");
    try (OutputStream out = Files.newOutputStream(draft)) {
      known.store(out, "What the person allowed " + origin + " to use");
    }
    Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    return state;
  }
}
