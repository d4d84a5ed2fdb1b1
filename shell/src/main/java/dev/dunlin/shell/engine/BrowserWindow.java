package dev.dunlin.shell.engine;

import com.sun.jna.Pointer;
import dev.dunlin.shell.engine.WindowSettings.Trait;
import dev.dunlin.shell.host.Os;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.awt.BorderLayout;
import java.awt.Color;
import java.awt.Component;
import java.awt.Container;
import java.awt.Dimension;
import java.awt.EventQueue;
import java.awt.Frame;
import java.awt.Image;
import java.awt.Insets;
import java.awt.KeyboardFocusManager;
import java.awt.MouseInfo;
import java.awt.Point;
import java.awt.PointerInfo;
import java.awt.Rectangle;
import java.awt.Toolkit;
import java.awt.Window;
import java.awt.event.ActionEvent;
import java.awt.event.ActionListener;
import java.awt.event.ComponentAdapter;
import java.awt.event.ComponentEvent;
import java.awt.event.FocusEvent;
import java.awt.event.FocusListener;
import java.awt.event.KeyEvent;
import java.awt.event.WindowAdapter;
import java.awt.event.WindowEvent;
import java.awt.im.InputContext;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.swing.KeyStroke;
import javax.swing.Timer;
import org.cef.CefClient;
import org.cef.browser.CefBrowser;
import org.cef.browser.CefDevToolsClient;
import org.cef.browser.CefFrame;
import org.cef.browser.CefRequestContext;
import org.cef.handler.CefClientHandler;

/**
 * One window with one page.
 *
 * <p><i>Thread:</i> every method may be called from any thread; the work happens on the event
 * dispatch thread.
 */
public final class BrowserWindow {
  /**
   * How long a window manager may take to minimise, maximise or restore. Over: the command fails.
   */
  static final Duration STATE_CHANGE = Duration.ofSeconds(2);

  /**
   * How long a window manager may take to give a window the state that it opens with, its taking on
   * included. Over: the window stays as it is.
   */
  static final Duration FIRST_STATE = Duration.ofSeconds(60);

  /**
   * How long a window manager may take to put a size back that we have corrected. Within: it
   * insists, and is not asked again for the same one. Later: somebody else has made it that size.
   */
  static final Duration INSISTENCE = Duration.ofSeconds(1);

  /** How long a window must have one size before the page's is looked at: see {@link PageSize}. */
  static final Duration STEADY = Duration.ofMillis(300);

  /** How long what a menu says waits for the page to have the focus. Over: it is done. */
  private static final Duration FOCUS_PATIENCE = Duration.ofSeconds(1);

  /** What an item of a menu changes: half a level, as in a browser. */
  private static final double ZOOM_LEVELS = 0.5;

  /** A page is larger by this with each level of zoom, in Chromium. */
  private static final double ZOOM_STEP = 1.2;

  /**
   * How long a page may take to answer whether its window may close. Over: it closes. A person who
   * is asked has no such limit.
   */
  static final Duration CLOSE_ANSWER = Duration.ofSeconds(5);

  /** A window that is dragged moves this often. */
  private static final int FOLLOW_MILLIS = 16;

  /** In {@code cef_browser_t}, of all versions. */
  private static final int GET_HOST = 6;

  /** In {@code cef_browser_host_t}, of {@link Engine#KNOWS_WORDS}. */
  private static final int ADD_WORD_TO_DICTIONARY = 36;

  private final Supplier<ChromiumThreads> threads;
  private final WindowNumber number;
  private final EngineSettings engine;
  private final Promise<Void> closed = Promise.promise();
  private final CefBrowser browser;

  /** Bounds may change. Written by the event dispatch thread. */
  private volatile WindowSettings settings;

  /** Where it is while it is neither maximised nor full: see {@link #place}. */
  private volatile WindowPlace place;

  private volatile String url;

  /** Whether the developer tools have been opened. */
  private volatile boolean inspected;

  // Event dispatch thread only.
  private Frame frame;
  private String title;
  private volatile boolean closing;
  private boolean leaving;
  private boolean asking;
  private Supplier<Future<Boolean>> mayClose = () -> Future.succeededFuture(true);
  private boolean fullScreen;
  private boolean byPage;
  private boolean kiosk;
  private int modals;
  private Supplier<Future<Void>> unblock = Future::succeededFuture;
  private boolean seen;
  private Consumer<Boolean> whenSeen = now -> {};

  private final SizeCorrection correction = new SizeCorrection();
  private final Timer lasted = untilLasted();
  private final Timer steady = untilSteady();
  private Timer dragging = new Timer(0, late -> {});
  private Timer closesLate = new Timer(0, late -> {});
  private Timer unload = new Timer(0, late -> {});

  /** By the last word of the window manager: AWT shows what it has asked for, done or not. */
  private int extended = Frame.NORMAL;

  private final List<StateWait> waits = new ArrayList<>();

  /** What stands above the page, a bar of menus; null if there is none. */
  private Component bar;

  private int barHeight;

  private volatile Consumer<PageMenu> menuWanted = menu -> {};

  /** Asked on Chromium's UI thread. */
  private volatile Predicate<KeyStroke> keys = key -> false;

  /** What takes it once more; empty while it is the page's. */
  private volatile Optional<Runnable> keyboard = Optional.empty();

  // Event dispatch thread only: whether the page may still be without the keys that a menu has had,
  // and what is to be done to it when it has them.
  private boolean awaitsFocus;
  private final List<PageEdit> edits = new ArrayList<>();
  private final Timer focusLate = new Timer((int) FOCUS_PATIENCE.toMillis(), late -> focused());

  private volatile Consumer<List<Path>> dropped = files -> {};
  private boolean takesDrops;
  private volatile Optional<KeyHandover> handover = Optional.empty();
  private volatile Optional<TakeFocus> offers = Optional.empty();

  BrowserWindow(
      CefClient client,
      Supplier<ChromiumThreads> threads,
      WindowNumber number,
      WindowSettings settings,
      EngineSettings engine) {
    this.threads = threads;
    this.number = number;
    this.engine = engine;
    this.settings = settings;
    this.title = settings.title();
    this.seen = settings.is(Trait.VISIBLE);
    this.url = settings.url();
    this.place = new WindowPlace(0, 0, settings.size().width, settings.size().height, false);
    this.browser = client.createBrowser(settings.url(), false, false);
  }

  /** By which the bridge knows it; never that of another window. */
  public int id() {
    return number.id();
  }

  /** By which pages know it: 0 is the first. */
  public int index() {
    return number.index();
  }

  /** Between CSS pixels and those in which AWT has it. */
  public Scale scale() {
    return engine.scale();
  }

  /** Completes when the window and its page are gone. */
  public Future<Void> closed() {
    return closed.future();
  }

  boolean has(CefBrowser other) {
    return browser == other;
  }

  /** Whether Chromium calls its page this. Chromium's UI thread. */
  boolean has(int identifier) {
    return browser.getIdentifier() == identifier;
  }

  void create() {
    EventQueue.invokeLater(
        () -> {
          frame = new PageFrame(title, parent().orElse(null));
          kiosk = settings.is(Trait.KIOSK);
          frame.setUndecorated(settings.is(Trait.FRAMELESS) || kiosk);
          frame.setAlwaysOnTop(settings.is(Trait.ALWAYS_ON_TOP));
          frame.setResizable(settings.is(Trait.RESIZABLE));
          if (settings.is(Trait.UTILITY)) {
            frame.setType(Window.Type.UTILITY);
          }
          frame.setBackground(settings.background());
          frame.setLayout(new BorderLayout());
          Component page = browser.getUIComponent();
          page.setPreferredSize(engine.scale().toScreen(settings.size()));
          page.setBackground(settings.background());
          page.enableInputMethods(!isLinux());
          if (isLinux()) {
            guardFocus(page);
          }
          frame.add(page, BorderLayout.CENTER);
          frame.pack();
          settings
              .at()
              .map(engine.scale()::toScreen)
              .ifPresentOrElse(frame::setLocation, () -> frame.setLocationRelativeTo(null));
          createPageNow();
          // Chromium is at work on the page by now: the rest costs no time.
          if (isLinux()) {
            WindowManagerHints.setClass(frame, engine.id());
          }
          keepWithinBounds();
          frame.addWindowListener(new Requests());
          frame.addWindowStateListener(this::stateChanged);
          frame.addComponentListener(new Bounds());
          settings.parent().ifPresent(parent -> parent.closed().onComplete(gone -> close()));
          if (settings.is(Trait.MODAL)) {
            settings.parent().ifPresent(this::block);
          }
          if (settings.is(Trait.MAXIMIZED)) {
            frame.setExtendedState(Frame.MAXIMIZED_BOTH);
          }
          show(settings.is(Trait.VISIBLE));
        });
  }

  private void show(boolean visible) {
    frame.setVisible(visible);
    if (visible && isLinux()) {
      tellWindowManager();
      if (settings.is(Trait.MODAL) && parent().isPresent()) {
        insist(WindowManagerHints.MODAL, true, FIRST_STATE, frame::isVisible);
      }
    }
    if (visible && !fullScreen && (kiosk || settings.is(Trait.FULLSCREEN))) {
      // Without a window manager it is a window as others are.
      fill(true, FIRST_STATE);
    }
  }

  private static final class PageFrame extends Frame {
    private static final long serialVersionUID = 1;

    private final Frame whole;

    /**
     * @param whole the window that it is a part of, or null
     */
    PageFrame(String title, Frame whole) {
      super(title);
      this.whole = whole;
    }

    /**
     * By which AWT says to window managers (ICCCM 4.1.2.6) whose part it is. Frames have none; and
     * what others write there, AWT deletes whenever the window manager changes the window's state,
     * its first showing included.
     */
    @Override
    public Window getOwner() {
      return whole;
    }

    /**
     * The page has input methods of its own: see InputMethods. AWT's, though disabled, would read
     * all of X11's table of composed keys when the window gets the focus. Fields in dialogs have
     * AWT's.
     */
    @Override
    public InputContext getInputContext() {
      return isLinux() ? null : super.getInputContext();
    }
  }

  private Optional<Frame> parent() {
    return settings.parent().map(parent -> parent.frame);
  }

  /** While this one is open, its parent takes no keys and no clicks. */
  private void block(BrowserWindow parent) {
    parent.blocked(1);
    unblock = () -> parent.blocked(-1);
  }

  private Future<Void> blocked(int more) {
    modals += more;
    return ignoreInput();
  }

  /** A page that is not there yet hears it when it is: see {@link #loaded}. */
  private Future<Void> ignoreInput() {
    return tellPage("Input.setIgnoreInputEvents", "{\"ignore\":" + (modals > 0) + "}");
  }

  /** Shows a picture in place of the system's own for programs. */
  public void setIcon(Image icon) {
    EventQueue.invokeLater(
        () -> {
          if (frame != null) {
            frame.setIconImage(icon);
          }
        });
  }

  /**
   * Makes the page as soon as the window has a native peer. By itself JCEF waits for the first
   * paint and then for a timer of 100 ms; its {@code createImmediately} makes the page under
   * another window, and such a page never closes (tried in 146).
   */
  private void createPageNow() {
    try {
      if (Os.here() != Os.MAC) {
        createPageInOurColour();
        markPending();
      }
      // What javac gives JCEF's inner classes for the field delayedUpdate_. A field that is read by
      // reflection is read by method handles, which take 10 ms of a start to make.
      Method delayedUpdate = browser.getClass().getDeclaredMethod("access$100", browser.getClass());
      delayedUpdate.setAccessible(true);
      Timer update = (Timer) delayedUpdate.invoke(null, browser);
      for (ActionListener listener : update.getActionListeners()) {
        listener.actionPerformed(new ActionEvent(browser, ActionEvent.ACTION_PERFORMED, "create"));
      }
      markPending();
    } catch (ReflectiveOperationException e) {
      throw new EngineException("this version of JCEF makes its pages in another way", e);
    }
  }

  /**
   * JCEF makes every page in a window white before its first paint (java-cef #362), unless it is
   * told that the page is transparent, which in a window it can't be; then it takes the colour of
   * CefSettings. This is the call that the timer would make, which finds the page under way.
   */
  private void createPageInOurColour() throws ReflectiveOperationException {
    boolean offScreen = false;
    boolean notWhite = true;
    Class<?> type = browser.getClass();
    Method windowHandle = type.getDeclaredMethod("getWindowHandle");
    windowHandle.setAccessible(true);
    Method create =
        type.getSuperclass()
            .getDeclaredMethod(
                "createBrowser",
                CefClientHandler.class,
                long.class,
                String.class,
                boolean.class,
                boolean.class,
                Component.class,
                CefRequestContext.class);
    create.setAccessible(true);
    create.invoke(
        browser,
        browser.getClient(),
        windowHandle.invoke(browser),
        settings.url(),
        offScreen,
        notWhite,
        canvas(),
        null);
  }

  /**
   * Tells JCEF that the page is on its way. By itself it knows only once Chromium's thread has
   * begun to make it, and who asks meanwhile (its timer, a paint, a change of size) gets a second
   * page, which shows nothing, runs the app once more and never closes.
   */
  private void markPending() throws ReflectiveOperationException {
    Method created = browser.getClass().getSuperclass().getDeclaredMethod("notifyBrowserCreated");
    created.setAccessible(true);
    created.invoke(browser);
  }

  /** What JCEF has Chromium's window in, within its component. */
  private Component canvas() {
    return ((Container) browser.getUIComponent()).getComponent(0);
  }

  private static boolean isLinux() {
    return Os.here() == Os.LINUX;
  }

  /** AWT writes these properties anew whenever it shows the window, so this comes after. */
  private void tellWindowManager() {
    if (settings.is(Trait.UTILITY)) {
      WindowManagerHints.makeUtility(frame);
    }
    if (!settings
        .traits()
        .containsAll(Set.of(Trait.MINIMIZABLE, Trait.MAXIMIZABLE, Trait.CLOSABLE))) {
      WindowManagerHints.takeButtons(frame, settings);
    }
  }

  /** What the person, or the system, asks of the window. */
  private final class Requests extends WindowAdapter {
    @Override
    public void windowClosing(WindowEvent event) {
      if (settings.is(Trait.CLOSABLE) && !kiosk) {
        requestClose();
      }
    }
  }

  private final class Bounds extends ComponentAdapter {
    @Override
    public void componentResized(ComponentEvent event) {
      if (frame != null) {
        keepWithinBounds();
        note();
        steady.restart();
      }
    }

    @Override
    public void componentMoved(ComponentEvent event) {
      if (frame != null) {
        note();
      }
    }

    @Override
    public void componentShown(ComponentEvent event) {
      componentResized(event);
      tellSeen();
    }

    @Override
    public void componentHidden(ComponentEvent event) {
      tellSeen();
    }
  }

  /**
   * The smallest size is the window manager's to keep, once it knows; of a largest one AWT does not
   * tell it. What the frame adds is known only when the window is shown.
   */
  private void keepWithinBounds() {
    Insets insets = insets();
    int sides = insets.left + insets.right;
    int ends = insets.top + insets.bottom;
    Dimension smallest = settings.leastOn(engine.scale());
    Dimension largest = settings.mostOn(engine.scale());
    Dimension least = new Dimension(smallest.width + sides, smallest.height + ends);
    if (!least.equals(frame.getMinimumSize())) {
      frame.setMinimumSize(least);
    }
    int width = Math.max(smallest.width, Math.min(largest.width, frame.getWidth() - sides));
    int height = Math.max(smallest.height, Math.min(largest.height, frame.getHeight() - ends));
    correct(new Dimension(width + sides, height + ends));
    if (largest.width == WindowSettings.UNBOUNDED && largest.height == WindowSettings.UNBOUNDED) {
      return;
    }
    // A maximised window keeps to it as well. To X11, AWT gives this as the largest content.
    boolean content = isLinux();
    frame.setMaximizedBounds(
        new Rectangle(
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            largest(largest.width, content ? 0 : sides),
            largest(largest.height, content ? 0 : ends)));
  }

  /** What is around the page: the window manager's frame, and our bar. */
  private Insets insets() {
    Insets insets = frame.getInsets();
    return new Insets(insets.top + barHeight, insets.left, insets.bottom, insets.right);
  }

  private void note() {
    if (extended == Frame.NORMAL && !fullScreen && frame.isVisible()) {
      Dimension size = engine.scale().toCss(browser.getUIComponent().getSize());
      Point at = engine.scale().toCss(frame.getLocation());
      place = new WindowPlace(at.x, at.y, size.width, size.height, false);
    } else {
      place = place.maximized((extended & Frame.MAXIMIZED_BOTH) == Frame.MAXIMIZED_BOTH);
    }
  }

  /** Where it is, or was before it was maximised or full: for the next start. */
  public WindowPlace place() {
    return place;
  }

  private void correct(Dimension bounded) {
    if (extended == Frame.NORMAL && !fullScreen) {
      correction.of(frame.getSize(), bounded).ifPresent(frame::setSize);
      lasted.restart();
    }
  }

  private Timer untilLasted() {
    Timer timer =
        new Timer(
            (int) INSISTENCE.toMillis(),
            late -> {
              if (frame != null) {
                correction.lasted(frame.getSize());
              }
            });
    timer.setRepeats(false);
    return timer;
  }

  private Timer untilSteady() {
    Timer timer = new Timer((int) STEADY.toMillis(), late -> fit());
    timer.setRepeats(false);
    return timer;
  }

  /** Has the page fill the window, where Chromium has missed a change of size. */
  private void fit() {
    if (frame == null || !isLinux() || !frame.isVisible() || browser.getDevToolsClient() == null) {
      return;
    }
    Component page = browser.getUIComponent();
    Dimension size = page.getSize();
    double toolkit = toolkitScale();
    DevToolsSession session;
    try {
      session = devTools();
    } catch (EngineException noPage) {
      // It goes meanwhile: nothing is left to be shown.
      return;
    }
    session
        .call(PageSize.METHOD)
        .map(metrics -> PageSize.fills(metrics, size, toolkit, scale()))
        .onSuccess(
            fills ->
                EventQueue.invokeLater(
                    () -> {
                      if (!fills && frame != null && page.getSize().equals(size)) {
                        page.setSize(size.width, size.height - 1);
                        page.setSize(size);
                      }
                    }));
  }

  private static int largest(int side, int frame) {
    return side == WindowSettings.UNBOUNDED ? Integer.MAX_VALUE : side + frame;
  }

  /** The window manager has minimised, maximised or restored the window. */
  private void stateChanged(WindowEvent event) {
    extended = event.getNewState();
    tellSeen();
    if (frame != null) {
      note();
    }
    int allowed = extended;
    if (!settings.is(Trait.MINIMIZABLE)) {
      allowed &= ~Frame.ICONIFIED;
    }
    if (!settings.is(Trait.MAXIMIZABLE)) {
      allowed &= ~Frame.MAXIMIZED_BOTH;
    }
    if (allowed != extended && frame != null) {
      frame.setExtendedState(allowed);
    }
    for (StateWait wait : List.copyOf(waits)) {
      if (wait.wanted == extended) {
        waits.remove(wait);
        wait.reached.tryComplete();
      }
    }
  }

  /** Somebody who waits for the window manager. */
  private record StateWait(int wanted, Promise<Void> reached) {}

  /** What can be asked of the window manager. */
  public enum Change {
    MINIMIZE,
    MAXIMIZE,
    /** Undoes the one that was last. */
    RESTORE;

    /** The state that this makes of another; the same if it is there already. */
    int of(int state) {
      return switch (this) {
        case MINIMIZE -> state | Frame.ICONIFIED;
        case MAXIMIZE -> Frame.MAXIMIZED_BOTH;
        case RESTORE -> (state & Frame.ICONIFIED) != 0 ? state & ~Frame.ICONIFIED : Frame.NORMAL;
      };
    }
  }

  /**
   * Asks the page whether it may close, twice: who has listened by {@link #onClosing}, then {@code
   * beforeunload}. A page that does not answer within {@link #CLOSE_ANSWER} closes.
   */
  public void requestClose() {
    EventQueue.invokeLater(
        () -> {
          if (closing || asking || frame == null) {
            return;
          }
          asking = true;
          Timer silent = once(CLOSE_ANSWER, this::answered);
          mayClose
              .get()
              .onComplete(
                  answer ->
                      EventQueue.invokeLater(
                          () -> {
                            silent.stop();
                            if (answer.failed() || answer.result()) {
                              answered();
                            }
                            asking = false;
                          }));
        });
  }

  /** Asks before it closes; the answer may come from any thread. */
  public void onClosing(Supplier<Future<Boolean>> question) {
    EventQueue.invokeLater(() -> mayClose = question);
  }

  private void answered() {
    if (!asking || closing) {
      return;
    }
    asking = false;
    closing = true;
    leaving = true;
    forgetInspector();
    browser.close(false);
    unload = once(CLOSE_ANSWER, this::stopScripts);
  }

  /**
   * Chromium waits for {@code beforeunload} whatever it is told, so what runs there is ended; what
   * goes on all the same, with its process.
   */
  private void stopScripts() {
    tellPage("Runtime.terminateExecution", "{}");
    browser.close(true);
    unload =
        once(
            STATE_CHANGE,
            () -> {
              tellPage("Page.crash", "{}");
              browser.close(true);
            });
  }

  private Future<Void> tellPage(String method, String params) {
    return frame != null && browser.getDevToolsClient() != null
        ? devTools().call(method, params).mapEmpty()
        : Future.succeededFuture();
  }

  /** The page's {@code beforeunload} wants the person to be asked, who may take their time. */
  void leavingIsAsked() {
    EventQueue.invokeLater(unload::stop);
  }

  /** The person stays. */
  void stay() {
    EventQueue.invokeLater(
        () -> {
          if (leaving) {
            leaving = false;
            closing = false;
          }
        });
  }

  private static Timer once(Duration after, Runnable action) {
    Timer timer = new Timer((int) after.toMillis(), late -> action.run());
    timer.setRepeats(false);
    timer.start();
    return timer;
  }

  /** Whether Chromium may let go of the page. */
  public boolean isClosing() {
    return closing;
  }

  /**
   * Closes the page, then the window, whatever the page says.
   *
   * @return {@link #closed()}
   */
  public Future<Void> close() {
    EventQueue.invokeLater(
        () -> {
          if (!closing || leaving) {
            closing = true;
            leaving = false;
            allowClose();
            browser.close(true);
          }
        });
    return closed.future();
  }

  /** Chromium may close the page when it is told to. */
  void allowClose() {
    forgetInspector();
    browser.setCloseAllowed();
  }

  private void forgetInspector() {
    if (inspected) {
      // Chromium ends with a fault when the page goes before what looks at it.
      browser.closeDevTools();
    }
  }

  /**
   * Chromium has let go of the page: the last step of the handshake. JCEF forgets the page only
   * after this callback, so who waits hears of it one task later.
   */
  void pageClosed() {
    threads
        .get()
        .onUi(
            () ->
                EventQueue.invokeLater(
                    () -> {
                      // Not before: JCEF moves the page out of a window that goes, and a page moved
                      // in
                      // the middle of its closing never closes.
                      dispose();
                      // Who hears that it is gone may use what it has blocked.
                      closesLate = once(STATE_CHANGE, closed::tryComplete);
                      unblock.get().onComplete(done -> closed.tryComplete());
                    }));
  }

  void dispose() {
    unload.stop();
    closesLate.stop();
    dragging.stop();
    steady.stop();
    focusLate.stop();
    edits.clear();
    handover.ifPresent(KeyHandover::end);
    offers.ifPresent(TakeFocus::end);
    offers = Optional.empty();
    if (frame != null) {
      frame.dispose();
      frame = null;
    }
  }

  /** Loads the page anew, nothing of it from the cache. */
  public void reload() {
    browser.reloadIgnoreCache();
  }

  /** Goes to {@code url}. */
  public void load(String url) {
    browser.loadURL(url);
  }

  /**
   * URL of the page now, by what Chromium has told: who asks JCEF from another thread, while
   * Chromium lets go of the page, reads memory that is free (seen once: {@code
   * FATAL:ctocpp_ref_counted.h} with the type of a browser).
   */
  public String url() {
    return url;
  }

  /** Chromium's UI thread: the page has another URL. */
  void shows(String now) {
    url = now;
  }

  /**
   * The DevTools protocol of the page.
   *
   * @throws EngineException while Chromium has not made the page, or has let go of it
   */
  public DevToolsSession devTools() {
    CefDevToolsClient client = browser.getDevToolsClient();
    if (client == null) {
      throw new EngineException("window " + index() + " has no page now");
    }
    return new DevToolsSession(client);
  }

  /** Brings it before the person's eyes, if it is one to be seen. */
  public Future<WindowState> bringToFront() {
    return change(
        () -> {
          if (settings.is(Trait.VISIBLE)) {
            show(true);
            frame.setExtendedState(extended & ~Frame.ICONIFIED);
            frame.toFront();
          }
        });
  }

  /**
   * Hears, on the event dispatch thread, when it is hidden or minimised (false) and when it is
   * there again.
   */
  public void onSeen(Consumer<Boolean> listener) {
    EventQueue.invokeLater(() -> whenSeen = listener);
  }

  private void tellSeen() {
    boolean now = frame != null && frame.isVisible() && (extended & Frame.ICONIFIED) == 0;
    if (frame != null && now != seen) {
      seen = now;
      whenSeen.accept(now);
    }
  }

  /** Whether the person has just pressed a key or a button in the page. */
  public Future<Boolean> userActivation() {
    return UserActivation.in(protocol());
  }

  /** Whether the person has pressed a button of the mouse in the page and holds it. */
  public Future<Boolean> mouseHeld() {
    return UserActivation.held(protocol());
  }

  /** As {@link #devTools}, in trees of JSON. */
  public PageProtocol protocol() {
    return new PageProtocol(devTools());
  }

  /** How large the page is shown: 1 is its own size. */
  public Future<Double> zoom() {
    return onChromium(() -> Math.pow(ZOOM_STEP, browser.getZoomLevel()));
  }

  /** Shows the page larger or smaller; Chromium does so in all windows of the app's origin. */
  public Future<Void> setZoom(double factor) {
    return onChromium(
        () -> {
          browser.setZoomLevel(Math.log(factor) / Math.log(ZOOM_STEP));
          return null;
        });
  }

  private <T> Future<T> onChromium(Callable<T> action) {
    Promise<T> promise = Promise.promise();
    threads.get().onUi(() -> complete(promise, action));
    return promise.future();
  }

  private static <T> void complete(Promise<T> promise, Callable<T> action) {
    try {
      promise.complete(action.call());
    } catch (Exception e) {
      promise.fail(e);
    }
  }

  /**
   * Runs on the event dispatch thread with the window as the owner of a dialog, which may wait
   * there for its answer.
   */
  public <T> Future<T> onFrame(Function<Frame, T> action) {
    return onDispatchThread(
        () -> {
          requireOpen();
          return action.apply(frame);
        });
  }

  /**
   * Puts something above the page, in place of what stood there. The page keeps its size, where the
   * window can grow. Thread: event dispatch.
   *
   * @param wanted empty takes it away
   */
  public void setBar(Optional<Component> wanted) {
    requireOpen();
    int before = barHeight;
    if (bar != null) {
      frame.remove(bar);
    }
    bar = wanted.orElse(null);
    if (bar != null) {
      frame.add(bar, BorderLayout.NORTH);
    }
    barHeight = bar == null ? 0 : bar.getPreferredSize().height;
    if (extended == Frame.NORMAL && barHeight != before) {
      frame.setSize(frame.getWidth(), frame.getHeight() + barHeight - before);
    }
    keepWithinBounds();
    frame.validate();
  }

  /**
   * From now on the keys that are pressed while the page has the focus come here, once the page has
   * had them and has not kept them.
   *
   * @param taken whether it was of use; asked on Chromium's UI thread, answers at once
   */
  public void onKey(Predicate<KeyStroke> taken) {
    keys = taken;
  }

  boolean takesKey(KeyStroke key) {
    return keys.test(key);
  }

  /**
   * Takes the keyboard from the page until {@link #focusPage}: AWT alone only believes that it
   * does.
   *
   * @param again done, on the event dispatch thread, when Chromium has got it back all the same
   */
  public void blurPage(Runnable again) {
    keyboard = Optional.of(again);
    awaitsFocus = true;
    browser.setFocus(false);
  }

  /** Whether the keys have been offered to another window since this one had them. Any thread. */
  boolean isLeft() {
    return offers.filter(TakeFocus::isLeft).isPresent();
  }

  /** Whether something of ours has the keyboard in the page's place. Any thread. */
  public boolean isBlurred() {
    return keyboard.isPresent();
  }

  /** Hears, on the event dispatch thread, where a person asks for a menu that the page has not. */
  public void onMenuWanted(Consumer<PageMenu> listener) {
    menuWanted = listener;
  }

  void menuWanted(PageMenu menu) {
    EventQueue.invokeLater(() -> menuWanted.accept(menu));
  }

  /** Puts a word in place of the one that is spelled wrongly. */
  public void replaceMisspelling(String word) {
    browser.replaceMisspelling(word);
  }

  /**
   * From now on the word is spelled rightly, in all windows and later runs with the profile.
   *
   * <p>By CEF's C interface ({@code cef_browser_capi.h}): JCEF has no such method.
   */
  public void addToDictionary(String word) {
    ChromiumThreads chromium = threads.get();
    chromium.onUi(
        () -> {
          Pointer page =
              chromium
                  .library()
                  .getFunction("cef_browser_host_get_browser_by_identifier")
                  .invokePointer(new Object[] {browser.getIdentifier()});
          if (page == null) {
            // It has been closed meanwhile.
            return;
          }
          try (CefObject own = new CefObject(page);
              CefObject host =
                  CefObject.of(
                      own.function(GET_HOST).invokePointer(new Object[] {page}), "host of it")) {
            host.tell(ADD_WORD_TO_DICTIONARY, word);
          }
        });
  }

  /** Gives a key to the page, whichever window of X11 has got it. */
  private void press(KeyEvent key) {
    try {
      Method send =
          browser.getClass().getSuperclass().getDeclaredMethod("sendKeyEvent", KeyEvent.class);
      send.setAccessible(true);
      send.invoke(browser, key);
    } catch (ReflectiveOperationException e) {
      throw new EngineException("this version of JCEF takes keys in another way", e);
    }
  }

  /** Whether it is a key that came by way of AWT. Chromium's UI thread. */
  boolean hasHandedOver(TypedKey key) {
    return handover.filter(keys -> keys.hasSent(key)).isPresent();
  }

  /** It shows another document. */
  public void committed() {
    EventQueue.invokeLater(
        () -> {
          handover.ifPresent(KeyHandover::forget);
          edits.clear();
        });
  }

  /** Chromium says that the page has the focus. */
  void hasFocus() {
    EventQueue.invokeLater(
        () -> {
          if (frame == null) {
            return;
          }
          OpenDialog.takeKeys();
          if (keyboard.isPresent()) {
            blurPage(keyboard.get());
            keyboard.get().run();
          } else {
            handover.ifPresent(KeyHandover::focused);
            focused();
          }
        });
  }

  /** Gives the keyboard back to the page, after a menu has had it. */
  public void focusPage() {
    keyboard = Optional.empty();
    EventQueue.invokeLater(
        () -> {
          // Not where another menu has taken the place of the one that gives them back.
          if (frame != null && keyboard.isEmpty()) {
            // Not by AWT: it would give the focus to the page again whenever it should not.
            KeyboardFocusManager.getCurrentKeyboardFocusManager().clearFocusOwner();
            browser.setFocus(true);
          }
        });
  }

  /**
   * Does to the page what an item of a menu says: once it has the focus, which a menu has just had.
   * What has none selects nothing.
   */
  public void edit(PageEdit edit) {
    EventQueue.invokeLater(
        () -> {
          if (frame != null) {
            browser.setFocus(true);
            edits.add(edit);
            focusLate.setRepeats(false);
            if (awaitsFocus) {
              focusLate.restart();
            } else {
              focused();
            }
          }
        });
  }

  private void focused() {
    if (keyboard.isPresent()) {
      // Another menu has opened meanwhile.
      focusLate.restart();
      return;
    }
    awaitsFocus = false;
    focusLate.stop();
    edits.forEach(this::act);
    edits.clear();
  }

  private void act(PageEdit edit) {
    CefFrame focused = browser.getFocusedFrame();
    CefFrame target = focused == null ? browser.getMainFrame() : focused;
    if (target == null) {
      // The page is not there yet, or no more: there is nothing to do it to.
      return;
    }
    switch (edit) {
      case UNDO -> target.undo();
      case REDO -> target.redo();
      case CUT -> target.cut();
      case COPY -> target.copy();
      case PASTE -> target.paste();
      case DELETE -> target.executeJavaScript("document.execCommand('delete')", target.getURL(), 1);
      case SELECT_ALL -> target.selectAll();
      case RELOAD -> reload();
      case ZOOM_IN -> browser.setZoomLevel(browser.getZoomLevel() + ZOOM_LEVELS);
      case ZOOM_OUT -> browser.setZoomLevel(browser.getZoomLevel() - ZOOM_LEVELS);
      case RESET_ZOOM -> browser.setZoomLevel(0);
    }
  }

  /** Opens Chromium's developer tools, if this is a developer's run. */
  public boolean showInspector() {
    if (engine.developer()) {
      inspected = true;
      browser.openDevTools();
    }
    return engine.developer();
  }

  /** Sets the title. */
  public Future<WindowState> setTitle(String text) {
    return change(
        () -> {
          title = text;
          frame.setTitle(text);
        });
  }

  /** Sets the size of the content, in CSS pixels; what is out of bounds becomes the bound. */
  public Future<WindowState> setSize(int width, int height) {
    return change(
        () -> {
          Insets insets = insets();
          Dimension size =
              engine
                  .scale()
                  .toScreen(
                      new Dimension(settings.boundedWidth(width), settings.boundedHeight(height)));
          frame.setSize(
              size.width + insets.left + insets.right, size.height + insets.top + insets.bottom);
          frame.validate();
        });
  }

  /** Moves the window, in CSS pixels. */
  public Future<WindowState> setPosition(int x, int y) {
    return change(() -> frame.setLocation(engine.scale().toScreen(new Point(x, y))));
  }

  /** Shows or hides the window. */
  public Future<WindowState> setVisible(boolean visible) {
    return change(() -> show(visible));
  }

  /**
   * Spreads it over the whole screen, or takes it back. Completes when the window manager has done
   * it.
   *
   * <p><i>Fails with:</i> {@link EngineException} as {@link #change(Change)}
   */
  public Future<WindowState> setFullScreen(boolean on) {
    return onDispatchThread(
            () -> {
              requireOpen();
              kiosk &= on;
              return fill(on);
            })
        .compose(asked -> asked)
        .compose(done -> state());
  }

  private Future<Void> fill(boolean on) {
    return fill(on, STATE_CHANGE);
  }

  private Future<Void> fill(boolean on, Duration patience) {
    if (on == fullScreen) {
      return Future.succeededFuture();
    }
    fullScreen = on;
    if (!isLinux()) {
      frame.getGraphicsConfiguration().getDevice().setFullScreenWindow(on ? frame : null);
      return Future.succeededFuture();
    }
    return insist(WindowManagerHints.FULLSCREEN, on, patience, () -> fullScreen == on)
        .onFailure(
            fault -> {
              if (fullScreen == on) {
                fullScreen = !on;
              }
            });
  }

  /**
   * Asks the window manager for a state until it says that the window has it: what it is asked
   * before it has taken a window on, it does not hear.
   *
   * @param wanted whether that is still so
   */
  private Future<Void> insist(String state, boolean on, Duration patience, BooleanSupplier wanted) {
    Promise<Void> reached = Promise.promise();
    Timer looks = new Timer((int) StateRequest.LOOK.toMillis(), null);
    StateRequest request = new StateRequest(patience);
    looks.addActionListener(
        look -> {
          if (frame == null || !wanted.getAsBoolean()) {
            reached.tryFail(new EngineException("something else was asked meanwhile"));
          } else if (WindowManagerHints.is(frame, state) == on) {
            reached.tryComplete();
          } else {
            switch (request.next(() -> WindowManagerHints.isManaged(frame))) {
              case WAIT -> {}
              case ASK -> WindowManagerHints.ask(frame, state, on);
              case UNMANAGED ->
                  reached.tryFail(new EngineException("there is no window manager to do it"));
              case TOO_LATE ->
                  reached.tryFail(
                      new EngineException(
                          "no window manager did it within " + patience.toSeconds() + " s"));
            }
          }
        });
    looks.setInitialDelay(0);
    looks.start();
    return reached.future().onComplete(done -> looks.stop());
  }

  /**
   * Follows the mouse while its first button is pressed: what a title bar does, for a window that
   * has none.
   *
   * @param held where the button was pressed in the page, in pixels of the screen; empty for where
   *     the mouse is by now
   */
  public Future<WindowState> startDrag(Optional<Point> held) {
    return change(
        () -> {
          dragging.stop();
          PointerInfo pointer = MouseInfo.getPointerInfo();
          if (pointer == null || isLinux() && !WindowManagerHints.isPressed(frame)) {
            return;
          }
          Point from = held.map(this::onScreen).orElse(pointer.getLocation());
          Point at = frame.getLocation();
          dragging = new Timer(FOLLOW_MILLIS, null);
          dragging.addActionListener(step -> follow(from, at));
          dragging.start();
        });
  }

  private Point onScreen(Point inPage) {
    Point origin = browser.getUIComponent().getLocationOnScreen();
    double scale = toolkitScale();
    origin.translate((int) Math.round(inPage.x / scale), (int) Math.round(inPage.y / scale));
    return origin;
  }

  /**
   * The button is not pressed any more: the window is where the mouse has brought it. Nothing where
   * the button still is: a page also ends it when it loses the keys, as it does for a moment when
   * the same press gives them to its window.
   */
  public Future<WindowState> endDrag() {
    return change(this::letGo);
  }

  /** One step more: the mouse may have come on since the last. */
  private void letGo() {
    if (dragging.isRunning() && !(isLinux() && WindowManagerHints.isPressed(frame))) {
      dragging.stop();
      for (ActionListener step : dragging.getActionListeners()) {
        step.actionPerformed(new ActionEvent(dragging, ActionEvent.ACTION_PERFORMED, "end"));
      }
    }
  }

  private void follow(Point from, Point at) {
    // First: where the mouse is once the button is let go, there the window stays.
    if (frame == null || isLinux() && !WindowManagerHints.isPressed(frame)) {
      dragging.stop();
    }
    PointerInfo pointer = MouseInfo.getPointerInfo();
    if (frame == null || pointer == null) {
      dragging.stop();
      return;
    }
    Point now = pointer.getLocation();
    frame.setLocation(at.x + now.x - from.x, at.y + now.y - from.y);
  }

  /** The page has spread an element over the window, or has taken that back. */
  void pageFills(boolean on) {
    EventQueue.invokeLater(
        () -> {
          if (frame != null && (on ? !fullScreen : byPage)) {
            byPage = on;
            fill(on);
          }
        });
  }

  /**
   * Escape, that the page has no use for: a full screen goes back, a kiosk does not. What the page
   * has spread over the window only it can take back, and its window follows.
   */
  void escape() {
    EventQueue.invokeLater(
        () -> {
          if (frame != null && fullScreen && byPage) {
            protocol().evaluate("void document.exitFullscreen()");
          } else if (frame != null && fullScreen && !kiosk) {
            fill(false);
          }
        });
  }

  /** Keeps it above windows that are not. */
  public Future<WindowState> setAlwaysOnTop(boolean on) {
    return change(() -> frame.setAlwaysOnTop(on));
  }

  /** Whether the person may resize it. */
  public Future<WindowState> setResizable(boolean on) {
    return change(
        () -> {
          frame.setResizable(on);
          if (frame.isVisible() && isLinux()) {
            tellWindowManager();
          }
        });
  }

  /** Sets the smallest and the largest size of the content. */
  public Future<WindowState> setBounds(Dimension least, Dimension most) {
    return change(
        () -> {
          settings = settings.between(least, most);
          keepWithinBounds();
        });
  }

  /** The bounds now. */
  public WindowSettings settings() {
    return settings;
  }

  /** Sets the colour behind the page. */
  public Future<WindowState> setBackground(Color colour) {
    return change(
        () -> {
          frame.setBackground(colour);
          browser.getUIComponent().setBackground(colour);
          paintBehind(colour);
        });
  }

  /** A page has loaded: what is the window's, and not the page's, holds of it too. */
  public void loaded() {
    EventQueue.invokeLater(
        () -> {
          if (modals > 0) {
            ignoreInput();
          }
          steady.restart();
          // Not before: a start has no time for it.
          if (frame != null && !takesDrops && isLinux()) {
            takesDrops = true;
            Component page = browser.getUIComponent();
            FileDrops.on(frame, page, scale(), this::protocol, files -> dropped.accept(files));
            handover = Optional.of(KeyHandover.on(frame, page, this::press));
            offers = Optional.of(TakeFocus.on(frame, canvas()));
          }
        });
  }

  /**
   * AWT gives the page the keys whenever the window gets them, and JCEF closes every menu then: not
   * while something has them in its place, a menu that a press has just opened.
   */
  private void guardFocus(Component page) {
    for (FocusListener jcef : page.getFocusListeners()) {
      page.removeFocusListener(jcef);
      page.addFocusListener(
          new FocusListener() {
            @Override
            public void focusGained(FocusEvent event) {
              // AWT has asked X for the keys once more, which may not have left yet: coming after
              // Chromium's wish, it would take them from the page for good.
              Toolkit.getDefaultToolkit().sync();
              offers.ifPresent(TakeFocus::gained);
              keyboard.ifPresentOrElse(Runnable::run, () -> jcef.focusGained(event));
            }

            @Override
            public void focusLost(FocusEvent event) {
              jcef.focusLost(event);
            }
          });
    }
  }

  /** Hears which files a person drops on the page, before the page does. On any thread. */
  public void onFilesDropped(Consumer<List<Path>> listener) {
    dropped = listener;
  }

  private void paintBehind(Color colour) {
    tellPage(
        "Emulation.setDefaultBackgroundColorOverride",
        "{\"color\":{\"r\":%d,\"g\":%d,\"b\":%d}}"
            .formatted(colour.getRed(), colour.getGreen(), colour.getBlue()));
  }

  /** Whether something holds of it. */
  public boolean is(Trait trait) {
    return settings.is(trait);
  }

  /**
   * Minimises, maximises or restores. Completes when the window manager has done it.
   *
   * <p><i>Fails with:</i> {@link EngineException} when there is none that does it within {@link
   * #STATE_CHANGE}
   */
  public Future<WindowState> change(Change wanted) {
    return onDispatchThread(() -> request(wanted)).compose(asked -> asked).compose(done -> state());
  }

  private Future<Void> request(Change wanted) {
    requireOpen();
    int target = wanted.of(extended);
    if (target == extended) {
      return Future.succeededFuture();
    }
    if (!frame.isVisible()) {
      // Of a hidden window the window manager knows nothing: it is shown that way.
      frame.setExtendedState(target);
      extended = target;
      return Future.succeededFuture();
    }
    Promise<Void> reached = Promise.promise();
    StateWait wait = new StateWait(target, reached);
    waits.add(wait);
    Timer timer =
        new Timer(
            (int) STATE_CHANGE.toMillis(),
            late -> {
              waits.remove(wait);
              // So that AWT does not take what was asked for what is.
              if (frame != null) {
                frame.setExtendedState(extended);
              }
              reached.tryFail(
                  new EngineException(
                      "no window manager did it within " + STATE_CHANGE.toSeconds() + " s"));
            });
    timer.setRepeats(false);
    timer.start();
    frame.setExtendedState(target);
    return reached.future().onComplete(done -> timer.stop());
  }

  /** The state now. */
  public Future<WindowState> state() {
    return change(() -> {});
  }

  private Future<WindowState> change(Runnable action) {
    return onDispatchThread(
        () -> {
          requireOpen();
          action.run();
          Dimension size = engine.scale().toCss(browser.getUIComponent().getSize());
          Point at = engine.scale().toCss(frame.getLocation());
          return new WindowState(
              index(),
              title,
              url,
              size.width,
              size.height,
              at.x,
              at.y,
              frame.isVisible(),
              (extended & Frame.MAXIMIZED_BOTH) == Frame.MAXIMIZED_BOTH,
              (extended & Frame.ICONIFIED) != 0,
              frame.isResizable(),
              fullScreen,
              frame.isAlwaysOnTop(),
              frame.isFocused() || offers.filter(TakeFocus::isWithPage).isPresent(),
              toolkitScale() * engine.scale().factor(),
              frame.getBackground());
        });
  }

  /** On Linux 1, see {@link Scale}. */
  private double toolkitScale() {
    return frame.getGraphicsConfiguration().getDefaultTransform().getScaleX();
  }

  private void requireOpen() {
    if (frame == null) {
      throw new EngineException("window " + index() + " is closed");
    }
  }

  private static <T> Future<T> onDispatchThread(Callable<T> action) {
    Promise<T> promise = Promise.promise();
    EventQueue.invokeLater(() -> complete(promise, action));
    return promise.future();
  }
}
