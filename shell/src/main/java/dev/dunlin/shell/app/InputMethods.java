package dev.dunlin.shell.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.shell.desktop.InputBus;
import dev.dunlin.shell.desktop.InputBus.Said;
import dev.dunlin.shell.engine.BrowserWindow;
import dev.dunlin.shell.engine.Engine;
import dev.dunlin.shell.engine.EngineException;
import dev.dunlin.shell.engine.PageProtocol;
import dev.dunlin.shell.engine.TypedKey;
import dev.dunlin.shell.engine.Typing;
import dev.dunlin.shell.host.Compose;
import dev.dunlin.shell.host.HostException;
import dev.dunlin.shell.host.Os;
import dev.dunlin.shell.host.XKeyboard;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What makes text of several keys, on the system where Chromium does not do it itself: the person's
 * input method, where one is at work, else dead keys. An input method has the keys of fields, not
 * those of passwords and of frames of another origin.
 *
 * <p><i>Thread:</i> Chromium's UI thread for keys; any else.
 */
final class InputMethods implements Typing {
  /**
   * How long a key, and Chromium with it, may wait for the input method. Over: the page has it as
   * it is, and so have those that follow until the answer is there.
   */
  static final Duration KEY = Duration.ofMillis(250);

  /** Chromium's code for a key that an input method has. */
  private static final int PROCESS = 229;

  /** Tab and Enter, which move the keys to another field before the page can tell. */
  private static final Set<Integer> MOVING = Set.of(9, 13);

  private final Map<String, String> environment;
  private final Consumer<String> say;
  private final Duration longest;
  private final FieldWatch watch = new FieldWatch(this::fieldIs);

  /** By window. */
  private final Map<Integer, FieldWatch.Field> fields = new ConcurrentHashMap<>();

  private volatile Optional<InputBus> bus = Optional.empty();
  private volatile BrowserWindow typedInto;
  private volatile boolean composing;

  // UI thread only, once keys are seen.
  private XKeyboard keyboard;
  private ComposedKeys dead;

  /** The input method has the key that was pressed: it types nothing by itself. */
  private boolean taken;

  /**
   * @param longest how long a key may wait: {@link #KEY}, or more in tests on a busy machine
   */
  InputMethods(Map<String, String> environment, Consumer<String> say, Duration longest) {
    this.environment = environment;
    this.say = say;
    this.longest = longest;
  }

  /**
   * Begins, once the first page is there. Blocks for some milliseconds, with IBus for some more.
   */
  void begin(Engine engine) {
    if (Os.here() != Os.LINUX) {
      return;
    }
    if (!Engine.SEES_TYPING) {
      say.accept("dead keys and input methods have not been tried with this Chromium: left out");
      return;
    }
    try {
      keyboard = new XKeyboard(environment.getOrDefault("DISPLAY", ""));
      dead = new ComposedKeys(keyboard, new Compose(environment));
      engine.onTyping(this);
      if (isWanted()) {
        bus = Optional.of(InputBus.connect(environment, this::saidBetweenKeys, longest));
        engine.windows().forEach(watch::begin);
      }
    } catch (IOException e) {
      say.accept("the input method can't be reached: " + e.getMessage());
    } catch (HostException | EngineException | LinkageError e) {
      say.accept("dead keys and input methods don't work: " + e.getMessage());
    }
  }

  /**
   * Whether the person has named such an input method for their programs. Here, as {@link InputBus}
   * brings D-Bus along, which is not for every start.
   */
  private boolean isWanted() {
    return Stream.of("XMODIFIERS", "GTK_IM_MODULE", "QT_IM_MODULE", "QT_IM_MODULES")
        .map(name -> environment.getOrDefault(name, ""))
        .anyMatch(value -> value.contains("ibus") || value.contains("fcitx"));
  }

  /** The window shows another document, or has loaded it: nobody knows its field yet. */
  void arrived(BrowserWindow window) {
    if (bus.isPresent()) {
      leave(window);
    }
  }

  /** The keys may go elsewhere now, which the page shall tell. */
  private void leave(BrowserWindow window) {
    // First: from here on nothing is told that was so before.
    watch.begin(window);
    fields.remove(window.id());
    endComposition();
  }

  private void endComposition() {
    if (composing) {
      composing = false;
      bus.ifPresent(InputBus::reset);
    }
  }

  private void fieldIs(int window, FieldWatch.Field field) {
    fields.put(window, field);
    endComposition();
    if (field.composed()) {
      bus.ifPresent(now -> now.place(field.x(), field.y(), field.width(), field.height()));
    }
  }

  /** Text for a field that takes none from an input method is for nobody. */
  private void saidBetweenKeys(Said said) {
    BrowserWindow window = typedInto;
    if (window != null && isComposed(window.id())) {
      apply(window, said);
    }
  }

  @Override
  public boolean takes(BrowserWindow window, TypedKey key) {
    if (key.windowsCode() == PROCESS) {
      // Our own.
      return false;
    }
    boolean kept = isTaken(window, key);
    if (!kept
        && key.kind() == TypedKey.Kind.PRESSED
        && MOVING.contains(key.windowsCode())
        && bus.isPresent()) {
      leave(window);
    }
    return kept;
  }

  private boolean isTaken(BrowserWindow window, TypedKey key) {
    Optional<InputBus> now = bus.filter(there -> isComposed(window.id()) && there.isThere());
    if (now.isEmpty() || key.kind() != TypedKey.Kind.CHARACTER && !key.isOfKeyboard()) {
      taken &= key.kind() == TypedKey.Kind.CHARACTER;
      return taken || dead.takes(window, key);
    }
    if (key.kind() == TypedKey.Kind.CHARACTER) {
      return taken || dead.takes(window, key);
    }
    typedInto = window;
    int state = keyboard.state(held(key));
    long keysym = keyboard.keysym(key.code(), state);
    if (key.kind() == TypedKey.Kind.RELEASED) {
      now.get().released(keysym, key.code(), state);
      return false;
    }
    InputBus.Verdict verdict = now.get().key(keysym, key.code(), state);
    boolean forwarded =
        verdict.said().stream()
            .anyMatch(
                said ->
                    said instanceof Said.Forward forward
                        && forward.pressed()
                        && forward.code() == key.code());
    taken = verdict.handled() && !forwarded;
    if (taken) {
      // As Chromium tells pages of a key that an input method has.
      call(
          window,
          "Input.dispatchKeyEvent",
          PageProtocol.object()
              .put("type", "rawKeyDown")
              .put("windowsVirtualKeyCode", PROCESS)
              .put("key", "Process"));
    }
    List<Said> all = verdict.said();
    for (int i = 0; i < all.size(); i++) {
      Said said = all.get(i);
      if (isEnd(said) && i + 1 < all.size() && all.get(i + 1) instanceof Said.Commit) {
        // The text takes its place: for the page it is one composition that ends with it.
        continue;
      }
      apply(window, said);
    }
    return taken || dead.takes(window, key);
  }

  private static boolean isEnd(Said said) {
    return said instanceof Said.Composing shown && shown.text().isEmpty();
  }

  private boolean isComposed(int window) {
    FieldWatch.Field field = fields.get(window);
    return field != null && field.composed();
  }

  /** Of which X has its own words. */
  static int held(TypedKey key) {
    return (key.has(TypedKey.SHIFT) ? XKeyboard.SHIFT : 0)
        | (key.has(TypedKey.CAPS_LOCK) ? XKeyboard.LOCK : 0)
        | (key.has(TypedKey.CONTROL) ? XKeyboard.CONTROL : 0)
        | (key.has(TypedKey.ALT) ? XKeyboard.ALT : 0)
        | (key.has(TypedKey.NUM_LOCK) ? XKeyboard.NUM_LOCK : 0)
        | (key.has(TypedKey.COMMAND) ? XKeyboard.SUPER : 0)
        | (key.has(TypedKey.ALT_GR) ? XKeyboard.LEVEL_3 : 0);
  }

  private void apply(BrowserWindow window, Said said) {
    if (said instanceof Said.Commit commit) {
      composing = false;
      call(window, "Input.insertText", PageProtocol.object().put("text", commit.text()));
    } else if (said instanceof Said.Composing shown) {
      composing = !shown.text().isEmpty();
      call(
          window,
          "Input.imeSetComposition",
          PageProtocol.object()
              .put("text", shown.text())
              .put("selectionStart", shown.cursor())
              .put("selectionEnd", shown.cursor()));
    }
  }

  private static void call(BrowserWindow window, String method, ObjectNode parameters) {
    try {
      window.protocol().call(method, parameters);
    } catch (EngineException noPage) {
      // It closes: nobody types into it.
      return;
    }
  }
}
