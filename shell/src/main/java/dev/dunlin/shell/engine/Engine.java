package dev.dunlin.shell.engine;

import dev.dunlin.scheduler.Threads;
import dev.dunlin.shell.BuildInfo;
import dev.dunlin.shell.host.HostException;
import dev.dunlin.shell.host.JnaStart;
import dev.dunlin.shell.host.NativeProcess;
import dev.dunlin.shell.host.Os;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.awt.Color;
import java.awt.EventQueue;
import java.awt.Frame;
import java.awt.GraphicsEnvironment;
import java.awt.MenuBar;
import java.awt.Toolkit;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.cef.CefApp;
import org.cef.CefApp.CefAppState;
import org.cef.CefClient;
import org.cef.CefSettings;
import org.cef.SystemBootstrap;
import org.cef.browser.CefMessageRouter;
import org.cef.callback.CefSchemeRegistrar;
import org.cef.handler.CefAppHandlerAdapter;

/**
 * Chromium, started once per process.
 *
 * <p>The order is fixed: libraries and toolkit (side by side), then CEF, then windows. Other
 * threads may run while CEF initialises: this one leaves the signals that the JVM lives by alone
 * (an earlier one did not, java-cef #477; {@code StartSuite} watches).
 */
public final class Engine {
  /**
   * Whether a call of the call lane can be answered with bytes: only with the JCEF whose table of
   * functions was looked at, see {@link QueryHandler}. Another one reads by the other lanes until
   * somebody has looked, as {@code LanesSuite} then asks.
   */
  public static final boolean CALLS_TAKE_BYTES =
      Os.here() == Os.LINUX && BuildInfo.engine().startsWith("jcef-d3de827+cef-146.0.10+");

  /**
   * Whether keys can be seen before pages have them: as above, where the C++ ABI is the one of
   * {@link EarlyKeys}.
   */
  public static final boolean SEES_TYPING =
      CALLS_TAKE_BYTES && System.getProperty("os.arch", "").equals("amd64");

  /** Whether words can be added to Chromium's dictionary: as {@link #CALLS_TAKE_BYTES}. */
  public static final boolean KNOWS_WORDS = CALLS_TAKE_BYTES;

  /** Schemes that Dunlin answers, besides https for the app's origin. */
  static final List<String> SCHEMES = List.of("ipc", "socket", "node", "npm");

  /** Name of the function that pages send messages with; see docs/bridge.md. */
  private static final String QUERY = "__dunlinQuery";

  private static final String QUERY_CANCEL = "__dunlinQueryCancel";

  /** Links in the profile by which Chromium finds who has it. */
  private static final List<String> SINGLETON =
      List.of("SingletonLock", "SingletonCookie", "SingletonSocket");

  /** How far the start has come; only ever forward. */
  public enum State {
    NEW,
    LOADING,
    INITIALISING,
    READY,
    CLOSING,
    CLOSED,
    FAILED
  }

  /** Under the lock of the class. */
  private static CompletableFuture<Void> loading;

  private static Path loadingFrom;

  private final EngineSettings settings;
  private final PageHost host;
  private final Promise<Engine> ready = Promise.promise();
  private final Promise<Void> closed = Promise.promise();
  private final List<BrowserWindow> windows = new CopyOnWriteArrayList<>();
  private final RequestRouter requests;

  private volatile State state = State.NEW;
  // Event dispatch thread only, once the engine is closing.
  private Runnable unmute = () -> {};
  private Optional<Runnable> awake = Optional.empty();
  private ChromiumThreads threads;
  private Path helper;
  private CefApp app;
  private CefClient client;

  public Engine(EngineSettings settings, PageHost host) {
    this.settings = settings;
    this.host = host;
    this.requests = new RequestRouter(settings, host, windows, this::threads);
  }

  /**
   * Loads libcef, the toolkit and JNA side by side; harmless to call early, from any thread, more
   * than once, once the display is known: the toolkit keeps to the one that it finds.
   */
  public static synchronized CompletableFuture<Void> preload(Path installation) {
    if (loading == null || !installation.equals(loadingFrom)) {
      loadingFrom = installation;
      loading = beginLoading(installation);
    }
    return loading;
  }

  private static CompletableFuture<Void> beginLoading(Path installation) {
    if (Os.here() == Os.LINUX) {
      // AWT would take a whole factor from GDK_SCALE, and JCEF none: see Scale.
      System.setProperty("sun.java2d.uiScale", "1");
    }
    return CompletableFuture.allOf(
        Threads.asyncRun(
            "libraries",
            () -> {
              keepOff(installation);
              Libraries.load(installation, Libraries.CHROMIUM);
              Libraries.load(installation, Libraries.JCEF);
            }),
        Threads.asyncRun(
            "toolkit",
            () -> {
              Toolkit.getDefaultToolkit();
              if (!GraphicsEnvironment.isHeadless()) {
                GraphicsEnvironment.getLocalGraphicsEnvironment()
                    .getDefaultScreenDevice()
                    .getDefaultConfiguration();
              }
            }),
        Threads.asyncRun("signals", ExitSignals::load));
  }

  /**
   * Has libcef elsewhere in this process than in its helpers: a page that has taken over its own
   * process knows where it lies there.
   */
  private static void keepOff(Path installation) {
    try {
      EngineFitting.addresses(installation)
          .ifPresent(
              range -> {
                JnaStart.prepare();
                NativeProcess.reserve(range.from(), range.bytes());
              });
    } catch (IOException e) {
      throw new EngineException(
          "can't read Chromium's library in " + installation + ": " + e.getMessage(), e);
    }
  }

  /** Whether it has been told to close, or has closed. */
  public boolean isClosing() {
    return state == State.CLOSING || state == State.CLOSED;
  }

  /** The state now. */
  public State state() {
    return state;
  }

  /**
   * Completes when windows can be opened, or fails with {@link EngineException}, or {@link
   * HostException} where the sandbox that the app requires is not there.
   */
  public Future<Engine> ready() {
    return ready.future();
  }

  /**
   * Waits for all that Chromium's own start needs: its libraries, the toolkit, the sandbox. Call
   * once, from the main thread.
   */
  public void load() {
    if (state != State.NEW) {
      throw new IllegalStateException("the engine was loaded before: " + state);
    }
    attempt(
        () -> {
          state = State.LOADING;
          join(preload(settings.installation()));
          helper = settings.helper().get();
        });
  }

  /** Starts Chromium; returns when it is ready. Call once, from the main thread. */
  public Engine start() {
    if (state == State.NEW) {
      load();
    }
    if (isClosing()) {
      throw new EngineException("the app was ended while it started");
    }
    if (state != State.LOADING) {
      throw new IllegalStateException("the engine was started before: " + state);
    }
    attempt(
        () -> {
          state = State.INITIALISING;
          ExitSignals signals = ExitSignals.save();
          initialise();
          signals.restore();
          EventQueue.invokeLater(this::stayAwake);
          state = State.READY;
        });
    ready.complete(this);
    return this;
  }

  private void attempt(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      state = State.FAILED;
      RuntimeException failure =
          e instanceof EngineException || e instanceof HostException
              ? e
              : new EngineException("Chromium did not start: " + e.getMessage(), e);
      ready.fail(failure);
      throw failure;
    }
  }

  /** Waits, and throws what went wrong itself, not its wrapping. */
  public static void join(CompletableFuture<Void> preload) {
    try {
      preload.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException known ? known : e;
    }
  }

  /**
   * Deletes what Chromium left in the profile when it was killed. It would do so itself, but takes
   * the profile for somebody's, and does not start, where the links tell another name of the
   * machine, or the process id is by now another JVM's.
   */
  private void forgetKilled() {
    try {
      for (String link : SINGLETON) {
        Files.deleteIfExists(settings.profile().resolve(link));
      }
    } catch (IOException e) {
      throw new EngineException(
          "can't tidy up the profile: " + e.getMessage() + ". Make its folder writable.", e);
    }
  }

  private void initialise() {
    List<String> switches = Switches.of(settings);
    forgetKilled();
    NativeProcess.hideSystemBus();
    AccessibilityTree.hold();
    SystemBootstrap.setLoader(name -> {});
    CefApp.addAppHandler(new Handler(switches));
    app = CefApp.getInstance(switches.toArray(String[]::new), cefSettings());
    Runnable unmute = muteStandardOutput();
    try {
      client = app.createClient();
    } finally {
      unmute.run();
    }
    if (CefApp.getState() != CefAppState.INITIALIZED) {
      throw new EngineException(
          "Chromium did not initialise with the profile "
              + settings.profile()
              + ": another process may be using it, or the folder cannot be written");
    }
    requests.register(app, client);
    CefMessageRouter router =
        CefMessageRouter.create(new CefMessageRouter.CefMessageRouterConfig(QUERY, QUERY_CANCEL));
    router.addHandler(new QueryHandler(host, windows), true);
    client.addMessageRouter(router);
    new WindowEvents(settings, host, windows).register(client);
  }

  private CefSettings cefSettings() {
    Path folder = settings.installation();
    CefSettings cef = new CefSettings();
    cef.windowless_rendering_enabled = false;
    cef.browser_subprocess_path = helper.toString();
    cef.resources_dir_path = folder.toString();
    cef.locales_dir_path = folder.resolve("locales").toString();
    cef.root_cache_path = settings.profile().toString();
    cef.cache_path = settings.profile().toString();
    cef.log_file = settings.profile().resolve("chromium.log").toString();
    cef.log_severity =
        settings.verbose()
            ? CefSettings.LogSeverity.LOGSEVERITY_WARNING
            : CefSettings.LogSeverity.LOGSEVERITY_DISABLE;
    cef.remote_debugging_port = 0;
    cef.command_line_args_disabled = false;
    Color background = settings.background();
    cef.background_color =
        cef.new ColorType(255, background.getRed(), background.getGreen(), background.getBlue());
    return cef;
  }

  /**
   * CefApp prints a line to standard output when it initialises and when it shuts down; a program's
   * standard output is its own.
   *
   * @return what to run when CefApp is done
   */
  private static Runnable muteStandardOutput() {
    PrintStream out = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    return () -> System.setOut(out);
  }

  private synchronized ChromiumThreads threads() {
    if (threads == null) {
      threads = new ChromiumThreads(libcef());
    }
    return threads;
  }

  private Path libcef() {
    return settings
        .installation()
        .resolve(isWindows() ? "libcef.dll" : System.mapLibraryName("cef"));
  }

  /** Chromium's own helper program. */
  public static Path helper(Path installation) {
    return installation.resolve(isWindows() ? "jcef_helper.exe" : "jcef_helper");
  }

  private static boolean isWindows() {
    return Os.here() == Os.WINDOWS;
  }

  /** Opens a window with a page in it. */
  public BrowserWindow open(WindowNumber number, WindowSettings window) {
    if (state != State.READY) {
      throw new EngineException("no window can be opened: the engine is " + state);
    }
    BrowserWindow opened = new BrowserWindow(client, this::threads, number, window, settings);
    windows.add(opened);
    opened.closed().onComplete(done -> windows.remove(opened));
    opened.create();
    if (number.id() == 0) {
      // While Chromium makes the page: this takes a while.
      threads().pin();
    }
    return opened;
  }

  /** From now on this one sees what is typed before the pages do. Call once. */
  public void onTyping(Typing first) {
    if (!SEES_TYPING) {
      throw new EngineException("this JCEF's table of functions has not been looked at");
    }
    EarlyKeys.tell(client, windows, first);
  }

  /**
   * Sets a preference of Chromium's, now and for later runs with its profile.
   *
   * <p><i>Fails with:</i> {@link EngineException} when Chromium refuses, in its words
   *
   * @param json the value
   */
  public Future<Void> preference(String name, String json) {
    if (state != State.READY) {
      return Future.failedFuture(notReady());
    }
    return new Preferences(threads()).set(name, json);
  }

  /** The open windows. */
  public List<BrowserWindow> windows() {
    return List.copyOf(windows);
  }

  /**
   * Closes every window, then Chromium. Completes when all of its processes have been told to go;
   * idempotent.
   *
   * <p><i>Thread:</i> any but the event dispatch thread's own callbacks.
   */
  public Future<Void> close() {
    synchronized (this) {
      if (state == State.CLOSING || state == State.CLOSED) {
        return closed.future();
      }
      if (state != State.READY) {
        state = State.CLOSED;
        try {
          settings.temp().remove();
        } finally {
          closed.complete();
        }
        return closed.future();
      }
      state = State.CLOSING;
    }
    EventQueue.invokeLater(
        () -> {
          unmute = muteStandardOutput();
          windows.forEach(BrowserWindow::allowClose);
          // Closes every page, and Chromium after the last.
          app.dispose();
        });
    return closed.future();
  }

  /**
   * While there is no window AWT ends the event dispatch thread after an idle second; but Chromium
   * is shut down by that thread alone that initialised it. Asked by the next one it does nothing
   * and says nothing: what it has not written is lost. So there is something with a peer, which is
   * never shown: a bar of menus, for which X11 has no window until it is in a frame; elsewhere its
   * peer can't be without one, and it is a frame.
   */
  private void stayAwake() {
    if (Os.here() == Os.LINUX) {
      MenuBar bar = new MenuBar();
      bar.addNotify();
      awake = Optional.of(bar::removeNotify);
    } else {
      Frame frame = new Frame();
      frame.addNotify();
      awake = Optional.of(frame::dispose);
    }
  }

  private void terminated() {
    unmute.run();
    state = State.CLOSED;
    try {
      windows.forEach(BrowserWindow::dispose);
      awake.ifPresent(Runnable::run);
      settings.temp().remove();
    } finally {
      closed.tryComplete();
    }
  }

  /**
   * Puts the pages' accessibility trees on the bus of assistive technologies, for as long as the
   * process lives: see {@link AccessibilityTree}. Call it when one is there, and a window.
   *
   * <p><i>Fails with:</i> {@link EngineException} when the engine is not ready, or the bus does not
   * answer within {@link AccessibilityTree#BUS}
   *
   * @param name what the application is called there
   * @param address of that bus, in libdbus' words
   * @return whether they are there now; not if the person has said that nobody shall read
   */
  public Future<Boolean> serveAccessibility(String name, String address) {
    if (state != State.READY) {
      return Future.failedFuture(notReady());
    }
    return AccessibilityTree.reached(NativeProcess.accessibilityBus(address))
        .compose(there -> serveReached(name, address));
  }

  private Future<Boolean> serveReached(String name, String address) {
    Promise<Boolean> served = Promise.promise();
    try {
      threads()
          .onUi(
              () -> {
                if (state != State.READY) {
                  served.fail(notReady());
                  return;
                }
                try {
                  served.complete(AccessibilityTree.serve(name, address));
                } catch (RuntimeException | LinkageError e) {
                  served.fail(e);
                }
              });
    } catch (RuntimeException e) {
      served.fail(e);
    }
    return served.future();
  }

  private EngineException notReady() {
    return new EngineException("the engine is " + state);
  }

  private final class Handler extends CefAppHandlerAdapter {
    Handler(List<String> switches) {
      super(switches.toArray(String[]::new));
    }

    @Override
    public void onRegisterCustomSchemes(CefSchemeRegistrar registrar) {
      for (String scheme : SCHEMES) {
        boolean standard = true;
        boolean local = false;
        boolean displayIsolated = false;
        boolean secure = true;
        boolean cors = true;
        boolean cspBypassing = false;
        boolean fetch = true;
        registrar.addCustomScheme(
            scheme, standard, local, displayIsolated, secure, cors, cspBypassing, fetch);
      }
    }

    @Override
    public void stateHasChanged(CefAppState next) {
      if (next == CefAppState.TERMINATED) {
        terminated();
      }
    }
  }

  /** The native libraries, each loaded once. */
  private static final class Libraries {
    static final List<String> CHROMIUM =
        isWindows() ? List.of("chrome_elf", "libcef") : List.of("cef");
    static final List<String> JCEF = List.of("jcef");

    private static final Set<String> LOADED = new HashSet<>();

    private Libraries() {}

    static synchronized void load(Path folder, List<String> names) {
      for (String name : names) {
        if (LOADED.contains(name)) {
          continue;
        }
        Path file = folder.resolve(isWindows() ? name + ".dll" : System.mapLibraryName(name));
        if (!Files.isRegularFile(file)) {
          throw new EngineException(
              "Chromium's file " + file + " is missing: delete " + folder + " and start again");
        }
        try {
          System.load(file.toString());
        } catch (UnsatisfiedLinkError e) {
          throw new EngineException(
              "a system library that Chromium needs is missing ("
                  + e.getMessage()
                  + "): run ./dunlin doctor",
              e);
        }
        LOADED.add(name);
      }
    }
  }
}
