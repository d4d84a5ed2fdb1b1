package dev.dunlin.shell.engine;

import java.awt.Component;
import java.awt.Container;
import java.awt.FocusTraversalPolicy;
import java.awt.Frame;
import java.awt.KeyEventDispatcher;
import java.awt.KeyboardFocusManager;
import java.awt.event.KeyEvent;
import java.awt.event.WindowAdapter;
import java.awt.event.WindowEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.swing.Timer;

/**
 * Keys of the page that X11 gives to AWT. A window manager gives the keys to AWT's window, which
 * hands them on to Chromium's a moment later, whenever the window becomes active, is spread over
 * the screen or comes back; what a person types meanwhile AWT has no use for. It waits until the
 * page has the focus and goes to the page then. Not by X11: Chromium drops events that another
 * program could have sent. What JCEF has no code for (Home, F1) is lost as before, and a page reads
 * {@code key}, not {@code code}, of what has waited.
 *
 * <p><i>Thread:</i> event dispatch.
 */
final class KeyHandover implements KeyEventDispatcher {
  /** How long keys wait for the page to have the focus. Over: they go to it all the same. */
  static final Duration PATIENCE = Duration.ofSeconds(1);

  /** Events that wait at once. Over: the later ones go nowhere, as without a focus. */
  static final int MOST_EVENTS = 256;

  private final Frame frame;
  private final Component page;
  private final Consumer<KeyEvent> chromium;
  private final Deque<KeyEvent> waiting = new ArrayDeque<>();

  /** Under way to the page. Guarded by itself. */
  private final Deque<KeyEvent> sent = new ArrayDeque<>();

  private final Timer late = new Timer((int) PATIENCE.toMillis(), over -> focused());

  /** Whether Chromium has said so since AWT has got the keys. */
  private boolean focused;

  KeyHandover(Frame frame, Component page, Consumer<KeyEvent> chromium) {
    this.frame = frame;
    this.page = page;
    this.chromium = chromium;
    late.setRepeats(false);
  }

  /**
   * From now on the page gets them, and Tab on its last element goes round it at once: by itself
   * JCEF moves the keys to AWT then, which gives them back.
   *
   * @param chromium takes a key for the page
   */
  static KeyHandover on(Frame frame, Component page, Consumer<KeyEvent> chromium) {
    frame.setFocusTraversalPolicy(new Round(page));
    KeyHandover handover = new KeyHandover(frame, page, chromium);
    KeyboardFocusManager.getCurrentKeyboardFocusManager().addKeyEventDispatcher(handover);
    frame.addWindowFocusListener(
        new WindowAdapter() {
          @Override
          public void windowGainedFocus(WindowEvent event) {
            handover.focused = false;
          }
        });
    return handover;
  }

  /** The window goes. */
  void end() {
    late.stop();
    waiting.clear();
    KeyboardFocusManager.getCurrentKeyboardFocusManager().removeKeyEventDispatcher(this);
  }

  /** Chromium says that the page has the focus. */
  void focused() {
    focused = true;
    late.stop();
    while (!waiting.isEmpty()) {
      send(waiting.remove());
    }
  }

  /** The window shows another document: what was typed for the last one is nobody's. */
  void forget() {
    waiting.clear();
  }

  /**
   * Whether a key is one that went this way: JCEF gives it its character for a code, by which X
   * knows another key. Those before it were none of the page's. Any thread.
   */
  boolean hasSent(TypedKey key) {
    synchronized (sent) {
      List<KeyEvent> all = List.copyOf(sent);
      for (int i = 0; i < all.size(); i++) {
        if (kind(all.get(i)) == key.kind() && all.get(i).getKeyChar() == key.code()) {
          for (int gone = 0; gone <= i; gone++) {
            sent.remove();
          }
          return true;
        }
      }
      return false;
    }
  }

  private void send(KeyEvent key) {
    synchronized (sent) {
      if (sent.size() == MOST_EVENTS) {
        sent.remove();
      }
      sent.add(key);
    }
    chromium.accept(key);
  }

  private static TypedKey.Kind kind(KeyEvent key) {
    return switch (key.getID()) {
      case KeyEvent.KEY_TYPED -> TypedKey.Kind.CHARACTER;
      case KeyEvent.KEY_RELEASED -> TypedKey.Kind.RELEASED;
      default -> TypedKey.Kind.PRESSED;
    };
  }

  @Override
  public boolean dispatchKeyEvent(KeyEvent event) {
    Component to = event.getComponent();
    if (to != page && to != frame) {
      return false;
    }
    if (waiting.size() < MOST_EVENTS) {
      forChromium(event).ifPresent(waiting::add);
    }
    if (focused) {
      focused();
    } else if (!late.isRunning()) {
      late.start();
    }
    event.consume();
    return true;
  }

  /**
   * As JCEF reads keys: of Enter it expects the other end of a line, with Control the letter, and
   * of other keys that type no character no such event. Empty for those.
   */
  static Optional<KeyEvent> forChromium(KeyEvent event) {
    char typed = event.getKeyChar();
    if (event.getID() == KeyEvent.KEY_TYPED) {
      if (typed == '\n') {
        return Optional.of(with('\r', event));
      }
      return Character.isISOControl(typed) ? Optional.empty() : Optional.of(event);
    }
    int code = event.getKeyCode();
    return Optional.of(
        event.isControlDown() && code >= KeyEvent.VK_A && code <= KeyEvent.VK_Z
            ? with(Character.toLowerCase((char) code), event)
            : event);
  }

  private static KeyEvent with(char typed, KeyEvent event) {
    return new KeyEvent(
        event.getComponent(),
        event.getID(),
        event.getWhen(),
        event.getModifiersEx(),
        event.getKeyCode(),
        typed,
        event.getKeyLocation());
  }

  /** Next to the page stands nothing that takes the keys; else there is the page alone. */
  private static final class Round extends FocusTraversalPolicy {
    /** Not in a window, so that AWT gives it nothing. */
    private final Component nowhere = new Nowhere();

    private final Component page;

    Round(Component page) {
      this.page = page;
    }

    @Override
    public Component getComponentAfter(Container root, Component component) {
      return component == page ? nowhere : page;
    }

    @Override
    public Component getComponentBefore(Container root, Component component) {
      return getComponentAfter(root, component);
    }

    @Override
    public Component getFirstComponent(Container root) {
      return page;
    }

    @Override
    public Component getLastComponent(Container root) {
      return page;
    }

    @Override
    public Component getDefaultComponent(Container root) {
      return page;
    }
  }

  private static final class Nowhere extends Component {
    private static final long serialVersionUID = 1;
  }
}
