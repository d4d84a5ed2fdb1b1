package dev.dunlin.shell.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.bridge.Bridge;
import dev.dunlin.bridge.BridgeConfig;
import dev.dunlin.bridge.PolicyHeader;
import dev.dunlin.bridge.PolicySet;
import dev.dunlin.bridge.child.BackEnd;
import dev.dunlin.bridge.child.BackEndModule;
import dev.dunlin.bridge.child.ChildProcessModule;
import dev.dunlin.bridge.child.UserEnvironment;
import dev.dunlin.bridge.console.ConsoleModule;
import dev.dunlin.bridge.extension.ExtensionModule;
import dev.dunlin.bridge.fs.CheckedFile;
import dev.dunlin.bridge.process.SignalModule;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.bt.commands.BluetoothModule;
import dev.dunlin.scheduler.Backoff;
import dev.dunlin.scheduler.EventLoops;
import dev.dunlin.scheduler.Lane;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.Scheduler;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.scheduler.Threads;
import dev.dunlin.scheduler.VertxScheduler;
import dev.dunlin.shell.Trees;
import dev.dunlin.shell.cli.Launcher;
import dev.dunlin.shell.cli.RunOptions;
import dev.dunlin.shell.config.AppConfig;
import dev.dunlin.shell.config.ConfigException;
import dev.dunlin.shell.config.Permission;
import dev.dunlin.shell.desktop.Desktop;
import dev.dunlin.shell.engine.BrowserWindow;
import dev.dunlin.shell.engine.DevToolsSession;
import dev.dunlin.shell.engine.Download;
import dev.dunlin.shell.engine.Engine;
import dev.dunlin.shell.engine.EngineException;
import dev.dunlin.shell.engine.EngineInstallation;
import dev.dunlin.shell.engine.EngineSettings;
import dev.dunlin.shell.engine.EngineTemp;
import dev.dunlin.shell.engine.PageFiles;
import dev.dunlin.shell.engine.Scale;
import dev.dunlin.shell.engine.WindowNumber;
import dev.dunlin.shell.engine.WindowPlace;
import dev.dunlin.shell.host.DesktopScale;
import dev.dunlin.shell.host.HostException;
import dev.dunlin.shell.host.NativeProcess;
import dev.dunlin.shell.host.Os;
import dev.dunlin.shell.host.Sandbox;
import dev.dunlin.shell.host.StartMemory;
import dev.dunlin.shell.host.XDesktop;
import dev.dunlin.shell.resources.AppResources;
import dev.dunlin.shell.resources.ChangeWatch;
import dev.dunlin.shell.resources.DevServerResources;
import dev.dunlin.shell.resources.DirectorySource;
import dev.dunlin.shell.resources.DocumentRegistrar;
import dev.dunlin.shell.resources.Modules;
import dev.dunlin.shell.resources.ResourceRequest;
import dev.dunlin.shell.resources.ResourceResponse;
import dev.dunlin.shell.resources.ResourceSource;
import dev.dunlin.shell.resources.VerifiedSource;
import dev.dunlin.shell.spelling.Dictionaries;
import dev.dunlin.shell.spelling.Language;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.awt.MediaTracker;
import java.awt.Toolkit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.swing.ImageIcon;

/**
 * Runs an app: joins configuration, engine, bridge, resources and windows, and waits for the end.
 */
public final class AppRun implements Launcher {
  /**
   * Longest wait for Chromium to close in good order; then the process ends all the same, and its
   * children with it.
   */
  static final Duration CLOSE_GRACE = Duration.ofSeconds(5);

  /** Longest wait for what is saved at the end; then it is as it was saved last. */
  static final Duration KEEP_GRACE = Duration.ofSeconds(3);

  /** Exit code of a run whose test could not be loaded, or whose screenshot could not be taken. */
  private static final int FAILED = 1;

  /** Longest part of a URL that a message shows; a {@code data:} URL may have megabytes. */
  private static final int SHOWN_LENGTH = 200;

  /** What DevTools say of an evaluation whose document went. */
  private static final String DOCUMENT_LEFT = "Inspected target navigated or closed";

  /** Folder of the app's extensions in Java, beside socket.ini. */
  private static final String EXTENSIONS = "extensions";

  /** Pause before a back end that failed is started again: doubles with each failure. */
  private static final Duration BACK_END_PAUSE = Duration.ofMillis(250);

  private static final Duration BACK_END_LONGEST_PAUSE = Duration.ofSeconds(30);

  /** From the first page on, after which a start is over and what it alone needed is given back. */
  private static final Duration REST = Duration.ofSeconds(3);

  /**
   * From the first page on, after which begins what would compete with the page's own beginning:
   * the spelling checker, as nobody writes sooner, and what hears of the desktop's changes.
   */
  private static final Duration SETTLED = Duration.ofMillis(500);

  /** Of HTTP: a page with this status or a higher one is not the app's. */
  private static final int FIRST_ERROR = 400;

  /** Id of the app's first window. */
  private static final int FIRST = 0;

  /** Under which is noted where it was. */
  private static final String MAIN_WINDOW = "main";

  private final Consumer<Engine> opened;
  private final Duration key;
  private final CompletableFuture<Vertx> vertx = new CompletableFuture<>();
  private boolean restart;

  public AppRun() {
    this(engine -> {}, InputMethods.KEY);
  }

  /**
   * For tests that drive the page.
   *
   * @param opened gets the engine when its first window is opening
   * @param key how long a key may wait for the input method
   */
  public AppRun(Consumer<Engine> opened, Duration key) {
    this.opened = opened;
    this.key = key;
  }

  /** Whether the app that has ended wants to be opened again, as another version of itself. */
  public boolean isRestartWanted() {
    return restart;
  }

  @Override
  public int run(RunOptions options) {
    EngineTemp temp = EngineTemp.prepare();
    try {
      Path installation = EngineInstallation.locate();
      // The longest, and what comes first needs none of it. A second start does it in vain, but is
      // over 25 to 50 ms from here, before it is done; taking the lock first would hold up the
      // first by as much.
      CompletableFuture<Void> libraries = Engine.preload(installation);
      CompletableFuture<Sandbox> sandbox =
          Threads.async(
              "sandbox", () -> Sandbox.prepare(installation, temp.folder(), System.getenv()));
      Optional<InstalledRun> installed =
          options.installed().map(app -> InstalledRun.of(app, vertx));
      Running running =
          new Running(
              installed.map(app -> options.with(app.app())).orElse(options),
              installed,
              opened,
              key,
              vertx,
              sandbox);
      int code = running.untilEnd(temp, installation, libraries);
      restart = running.restart;
      return code;
    } finally {
      temp.remove();
    }
  }

  /** Made when a test is run: it takes a tenth of a second, which a start has no use for. */
  private static final class Json {
    static final ObjectMapper MAPPER = new ObjectMapper();
  }

  /** One run of one app. */
  private static final class Running implements AppHost.Events {
    private final RunOptions options;
    private final Optional<InstalledRun> installed;
    private final Consumer<Engine> opened;
    private final AppConfig config;
    private final RandomSource random = RandomSource.secure();
    private final Console console = new Console(System.out, System.err);
    private final UserFolders folders;
    private final Optional<DevServer> devServer;
    private final String policy;
    private final Map<String, String> headers;
    private final ResourceSource files;
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();
    private final CompletableFuture<Bridge> bridge = new CompletableFuture<>();
    private final Map<Integer, RendererRecovery> recoveries = new ConcurrentHashMap<>();
    private final Windows windows =
        new Windows((number, settings) -> engine().open(number, settings), new WindowEvents());
    private final WindowLook look;
    private final ClosingQuestions closing =
        new ClosingQuestions(window -> bridge().emit(window, "windowclosing", Map.of()));
    private final LinkQuestion question;
    private final ServerLogins logins;
    private final InputMethods typing;
    private final DeniedPermissions permissions;
    private final SpellChecker spelling;
    private final CompletableFuture<Boolean> dark;
    private final CompletableFuture<Scale> scale;
    private volatile AppHost host;
    private final CompletableFuture<Vertx> vertxStart;
    private final CompletableFuture<Sandbox> sandbox;
    private Vertx vertx;
    private volatile Engine engine;
    private Downloads downloads;
    private PermissionModule questions;
    private MenuModule menus;
    private LiveTheme theme;
    private ScreenReaders readers;
    private GivenFiles given;
    private volatile Optional<BackEnd> backEnd = Optional.empty();
    private boolean loadedOnce;
    private volatile SingleInstance instance;
    private volatile EngineTemp temp;
    private volatile boolean restart;

    Running(
        RunOptions options,
        Optional<InstalledRun> installed,
        Consumer<Engine> opened,
        Duration key,
        CompletableFuture<Vertx> vertxStart,
        CompletableFuture<Sandbox> sandbox) {
      this.options = options;
      this.installed = installed;
      this.opened = opened;
      this.vertxStart = vertxStart;
      this.sandbox = sandbox;
      this.config = options.config();
      installed.ifPresent(app -> app.messages().forEach(console::say));
      config.warnings().forEach(warning -> console.say(warning.toString()));
      WithoutEffect.of(config, Os.here(), NativeProcess.maxOpenFiles()).forEach(console::say);
      this.typing = new InputMethods(System.getenv(), console::say, key);
      this.permissions = new DeniedPermissions(config.permissions().denied());
      this.devServer = devServer();
      this.folders =
          UserFolders.of(
              Os.here(),
              System.getenv(),
              Path.of(System.getProperty("user.home")),
              EngineTemp.userTemp(),
              resourceFolder(),
              config.meta().bundleIdentifier());
      try {
        folders.create();
      } catch (IOException e) {
        throw new HostException(
            "cannot make the app's own folder: " + e.getMessage() + ". Make its parent writable.",
            e);
      }
      this.scale = Threads.async("scale", this::findScale);
      this.dark = SystemTheme.isDark(config.window().backgroundDark().isPresent());
      this.policy = policyHeader();
      this.headers = headers();
      this.files = files();
      this.look =
          new WindowLook(
              config,
              options.headless(),
              dark::join,
              scale::join,
              new WindowMemory(folders.get("config").resolve("windows.json"), console));
      this.question =
          new LinkQuestion(
              LinkQuestion.dialog(config.meta().title()), url -> ExternalLinks.open(url, console));
      this.spelling = spelling();
      this.logins =
          new ServerLogins(
              windows::find,
              options.headless()
                  ? Optional.empty()
                  : Optional.of(
                      (window, asked) ->
                          window.onFrame(
                              owner -> asked.ask(owner, config.meta().title(), window.closed()))),
              console::say);
    }

    /** As the desktop says when the app starts; later changes are for the next start. */
    private Scale findScale() {
      if (Os.here() != Os.LINUX) {
        return Scale.NONE;
      }
      Map<String, String> environment = System.getenv();
      return new Scale(
          options.headless()
              ? DesktopScale.ofNobody(environment, console::say)
              : DesktopScale.of(environment, () -> desktop(environment), console::say));
    }

    private XDesktop desktop(Map<String, String> environment) {
      try {
        return XDesktop.of(environment.getOrDefault("DISPLAY", ""));
      } catch (HostException | LinkageError e) {
        console.say("the scale of the desktop is not known: " + e.getMessage());
        return XDesktop.NOTHING;
      }
    }

    private SpellChecker spelling() {
      AppConfig.Spelling wanted = config.spelling();
      List<Path> dictionaries = new ArrayList<>();
      wanted.dictionaries().ifPresent(dictionaries::add);
      dictionaries.addAll(Dictionaries.OF_THE_SYSTEM);
      return new SpellChecker(
          wanted.enabled(),
          wanted.languages().isEmpty() ? Language.ofPerson(System.getenv()) : wanted.languages(),
          new Dictionaries(dictionaries, EngineInstallation.caches().resolve("dictionaries")),
          profile(),
          (name, json) -> engine().preference(name, json),
          this::blocking,
          console::say);
    }

    /**
     * What Chromium starts for its helpers; says so when that is no sandbox. Waits for its trial.
     */
    private Path helper(Path installation) {
      Sandbox made = sandbox.join();
      if (made.isThere()) {
        return made.helper().get();
      }
      if (config.security().requireSandbox()) {
        throw new HostException(
            "socket.ini has [security] require_sandbox = true, and there is no sandbox for the app's pages: "
                + made.detail()
                + ". To have one: "
                + made.cure()
                + ".");
      }
      console.say(
          "the app's pages run without a sandbox: "
              + made.detail()
              + ". To have one: "
              + made.cure()
              + ".");
      return Engine.helper(installation);
    }

    /** Not for users, and not for a test: both see what a build has made. */
    private Optional<DevServer> devServer() {
      if (!DevServer.isIn(config)
          || options.production()
          || options.devServer().isPresent()
          || options.testFile().isPresent()) {
        return Optional.empty();
      }
      DevServer server = DevServer.start(config, random, console);
      Threads.onExit("dev-server", server::close);
      server.onEnd(
          code -> {
            if (!exit.isDone()) {
              console.say(
                  "the dev server ended with code "
                      + code
                      + "; the page stays as it is. Start the app again.");
            }
          });
      return Optional.of(server);
    }

    /**
     * What a dev server stands for need not be built yet: then the app's folder is in its place.
     */
    private Path resourceFolder() {
      Path folder = config.build().resources();
      if (Files.isDirectory(folder)) {
        return folder;
      }
      if (devServer.isEmpty() && options.devServer().isEmpty()) {
        throw new HostException(
            "there is no folder "
                + folder
                + " yet: build the app ("
                + config.values().getOrDefault("build_script", "npm run build")
                + "), or start its dev loop with dunlin run");
      }
      return config.directory();
    }

    private String policyHeader() {
      try {
        String header = new PolicyHeader(folders.policyNames()).value(config.security().policy());
        return devServer.map(server -> server.policy(header)).orElse(header);
      } catch (IllegalArgumentException e) {
        throw wrong("security.policy", e);
      }
    }

    int untilEnd(EngineTemp temp, Path installation, CompletableFuture<Void> libraries) {
      sweepProfiles();
      Path profile = profile();
      try {
        instance = SingleInstance.take(profile, config.meta().title());
      } catch (SingleInstance.TakenException taken) {
        // Whatever ends from here on ends with this process.
        exit.complete(0);
        if (taken
            .socket()
            .filter(
                to ->
                    HandOver.give(
                        to,
                        OpenedFiles.absolute(options.arguments(), Path.of("").toAbsolutePath())))
            .isEmpty()) {
          throw taken;
        }
        console.say(
            config.meta().title() + " is running already: it has the arguments of this start");
        console.close();
        return 0;
      }
      this.temp = temp;
      installed.ifPresent(app -> app.countStart(console::say));
      try {
        forgetDenied(profile);
        NavigationPolicy navigation = navigationPolicy();
        CompletableFuture<Function<ResourceRequest, Future<ResourceResponse>>> resources =
            new CompletableFuture<>();
        host =
            new AppHost(
                config.meta().origin(),
                navigation,
                request -> resources.join().apply(request),
                bridge,
                console,
                this);
        Engine.join(libraries);
        engine =
            new Engine(
                new EngineSettings(
                    config.meta().origin(),
                    installation,
                    () -> helper(installation),
                    profile,
                    temp,
                    !options.production(),
                    options.verbose(),
                    look.background(),
                    scale.join(),
                    switches()),
                host);
        Threads.onExit("close", this::closeEngine);
        SwingScale.set(scale.join());
        try {
          engine.load();
          // Beside Chromium's own start, which is the work of one thread and waits for its
          // children.
          CompletableFuture<Void> serving =
              Threads.asyncRun("serving", () -> serve(temp, resources));
          engine.start();
          Engine.join(serving);
          openFirst();
        } catch (RuntimeException e) {
          if (engine.isClosing()) {
            // Ctrl-C while it started: nothing went wrong.
            return exit.getNow(0);
          }
          closeFailed(e);
          throw e;
        }
        opened.accept(engine);
        watch();
        int code = exit.join();
        closeEngine();
        return code;
      } finally {
        devServer.ifPresent(DevServer::close);
        console.close();
        instance.close();
        if (ephemeralProfile()) {
          delete(profile);
        }
      }
    }

    /** Makes what answers the pages; if it can't be made, nobody waits for it. */
    private void serve(
        EngineTemp temp,
        CompletableFuture<Function<ResourceRequest, Future<ResourceResponse>>> resources) {
      try {
        vertxStart.complete(EventLoops.create());
        bridge.complete(startBridge(temp));
        resources.complete(resources());
      } catch (Throwable fault) {
        vertxStart.completeExceptionally(fault);
        bridge.completeExceptionally(fault);
        resources.completeExceptionally(fault);
        throw fault;
      }
    }

    private void closeFailed(RuntimeException fault) {
      try {
        closeEngine();
      } catch (RuntimeException e) {
        fault.addSuppressed(e);
      }
    }

    /** What earlier runs left in the profile and is taken away now. */
    private void forgetDenied(Path profile) {
      for (String leftover : permissions.leftovers()) {
        try {
          Trees.delete(profile.resolve(leftover));
        } catch (IOException e) {
          throw new HostException(
              "[permissions] takes service workers away, and those of earlier runs can't be deleted: "
                  + e.getMessage()
                  + ". Delete "
                  + profile
                  + ".",
              e);
        }
      }
    }

    private List<String> switches() {
      List<String> switches = new ArrayList<>(permissions.switches());
      if (drawsInSoftware() || !config.permissions().hardwareAcceleration()) {
        switches.add("disable-gpu");
      }
      config.webview().proxy().ifPresent(proxy -> switches.addAll(proxy.switches()));
      config.webview().userAgent().ifPresent(words -> switches.add("user-agent=" + words));
      if (SystemTheme.isForcedDark(System.getenv())) {
        switches.add("force-dark-mode");
      }
      return switches;
    }

    /**
     * The dev loop: change a file, see it. Not for users, not while a test or a screenshot looks,
     * and not when a dev server does it itself.
     */
    private void watch() {
      boolean devLoop =
          !options.production()
              && options.devServer().isEmpty()
              && devServer.isEmpty()
              && options.testFile().isEmpty()
              && !options.exitAfterScreenshot();
      if (!devLoop || !config.webview().watch() || !config.webview().reload()) {
        return;
      }
      try {
        ChangeWatch watch =
            ChangeWatch.start(
                config.build().resources().toRealPath(),
                new VertxScheduler(vertx, Lane.create(vertx, "watch")),
                () -> windows.all().forEach(BrowserWindow::reload),
                console::say);
        exit.whenComplete((code, fault) -> watch.close());
      } catch (IOException e) {
        console.say(
            "changes in "
                + config.build().resources()
                + " can't be watched: "
                + e.getMessage()
                + "; reload by hand");
      }
    }

    /** Once the window is there: reading a picture takes longer than a start should. */
    private void icon(BrowserWindow window) {
      config
          .window()
          .icon()
          .ifPresent(
              file -> {
                ImageIcon icon = new ImageIcon(file.toString());
                if (icon.getImageLoadStatus() == MediaTracker.COMPLETE) {
                  window.setIcon(icon.getImage());
                } else {
                  console.say("the icon " + file + " is no PNG, JPEG or GIF picture");
                }
              });
    }

    /**
     * Without a graphics card (Linux has no device file of one; our own X server has none either)
     * drawing in software at once saves the 40 MiB of a software OpenGL, and is quicker.
     */
    private boolean drawsInSoftware() {
      return Os.here() == Os.LINUX
          && (options.headless()
              || !Files.exists(Path.of("/dev/dri")) && !Files.exists(Path.of("/dev/nvidiactl")));
    }

    /**
     * Chromium's profile: kept between runs, except for runs whose outcome should not depend on
     * earlier ones.
     */
    private Path profile() {
      return ephemeralProfile()
          ? folders.cache().resolve("engine-" + ProcessHandle.current().pid())
          : folders.cache().resolve("engine");
    }

    /** Deletes the profiles of test runs that were killed. */
    private void sweepProfiles() {
      try (Stream<Path> profiles = Files.list(folders.cache())) {
        for (Path stale :
            profiles
                .filter(path -> path.getFileName().toString().matches("engine-\\d{1,18}"))
                .filter(
                    path ->
                        ProcessHandle.of(
                                Long.parseLong(
                                    path.getFileName().toString().substring("engine-".length())))
                            .isEmpty())
                .toList()) {
          delete(stale);
        }
      } catch (NoSuchFileException e) {
        // The first run of this app: there is nothing to sweep.
        return;
      } catch (IOException e) {
        console.say("cannot look for old profiles in " + folders.cache() + ": " + e.getMessage());
      }
    }

    private boolean ephemeralProfile() {
      return options.testFile().isPresent() || options.exitAfterScreenshot();
    }

    private void delete(Path profile) {
      try {
        Trees.delete(profile);
      } catch (IOException e) {
        console.say("cannot delete the profile of this run, " + profile + ": " + e.getMessage());
      }
    }

    private NavigationPolicy navigationPolicy() {
      try {
        return new NavigationPolicy(config.meta().origin(), config.webview().allowed());
      } catch (IllegalArgumentException e) {
        throw wrong("webview.navigator.policies.allowed", e);
      }
    }

    private Map<String, String> headers() {
      Map<String, String> headers = new HashMap<>();
      config
          .webview()
          .cacheControl()
          .ifPresent(value -> headers.put("Cache-Control", cacheControl(value)));
      config.webview().headers().forEach(header -> headers.put(header.name(), header.value()));
      permissions.header().ifPresent(value -> takeAway(headers, value));
      return headers;
    }

    private Function<ResourceRequest, Future<ResourceResponse>> resources() {
      AppResources resources =
          new AppResources(
              new AppResources.Settings(
                  config.meta().host().replaceFirst("\\.localhost$", ""),
                  config.webview().defaultIndex().orElse(""),
                  policy,
                  headers),
              files,
              new Modules(),
              new DocumentRegistrar() {
                @Override
                public String register(int window, List<String> metaPolicies) {
                  return bridge
                      .join()
                      .registerDocument(
                          window, policySet(metaPolicies).narrowedBy(windows.policiesOf(window)));
                }

                @Override
                public List<String> policies(int window) {
                  return windows.policiesOf(window);
                }
              },
              new Facts(config, options, folders, System.getenv(), windows::facts));
      Function<ResourceRequest, Future<ResourceResponse>> origin =
          devServer
              .map(
                  server ->
                      new DevServerResources(
                          resources,
                          "127.0.0.1",
                          server.port(),
                          Map.of(DevServer.TOKEN_HEADER, server.token())))
              .or(
                  () ->
                      options
                          .devServer()
                          .map(
                              server ->
                                  new DevServerResources(
                                      resources, server.host(), server.port(), Map.of())))
              .<Function<ResourceRequest, Future<ResourceResponse>>>map(server -> server::respond)
              .orElse(request -> Future.succeededFuture(resources.respond(request)));
      return request ->
          RendererRecovery.answers(config.meta().origin(), request.url())
              ? Future.succeededFuture(recovery(request.window()).respond(request))
              : permissions
                  .refusal(request)
                  .map(Future::succeededFuture)
                  .orElseGet(() -> origin.apply(request));
    }

    /** Two headers would be one to Chromium, and a fault in the app's would make it ignore ours. */
    private void takeAway(Map<String, String> headers, String value) {
      if (headers.keySet().stream().anyMatch(DeniedPermissions.HEADER::equalsIgnoreCase)) {
        throw new ConfigException(
            config.directory().resolve(AppConfig.FILE),
            0,
            "webview.headers",
            "it has a Permissions-Policy, and [permissions] takes something away by that header",
            "Use one of them: take the header out, or the lines with = false.");
      }
      headers.put(DeniedPermissions.HEADER, value);
    }

    private String cacheControl(String value) {
      if (!AppResources.isHeaderValue(value)) {
        throw wrong(
            "webview.cache-control",
            new IllegalArgumentException("'" + value + "' is no value of an HTTP header"));
      }
      return value;
    }

    private ResourceSource files() {
      try {
        Path resources = resourceFolder();
        ResourceSource folder = new DirectorySource(resources);
        return options
            .installed()
            .<ResourceSource>map(app -> new VerifiedSource(folder, app.files(), resources))
            .orElse(folder)
            .below(config.webview().root());
      } catch (IllegalArgumentException e) {
        throw wrong("webview.root", e);
      }
    }

    private ConfigException wrong(String setting, IllegalArgumentException fault) {
      return new ConfigException(
          config.directory().resolve(AppConfig.FILE),
          0,
          setting,
          fault.getMessage(),
          "Correct it.");
    }

    private PolicySet policySet(List<String> metaPolicies) {
      List<String> all = new ArrayList<>();
      if (!policy.isEmpty()) {
        all.add(policy);
      }
      all.addAll(metaPolicies);
      return PolicySet.of(all);
    }

    private Bridge startBridge(EngineTemp temp) {
      SecurityReport security =
          new SecurityReport(config.meta().origin(), policy, !options.production(), sandbox::join);
      List<CommandModule> modules = new ArrayList<>();
      BluetoothModule bluetooth =
          Bluetooth.of(
              config,
              options,
              folders.get("data"),
              random,
              () -> new VertxScheduler(vertx, Lane.create(vertx, "bluetooth")),
              new BluetoothModule.Blocking() {
                @Override
                public <T> Future<T> run(Callable<T> work) {
                  return blocking(work);
                }
              },
              windows::find);
      modules.add(bluetooth);
      Desktop desktop =
          AppDesktop.of(
              config,
              resourceFolder(),
              this::emit,
              id -> windows.find(id).isPresent(),
              this::toFront);
      modules.addAll(desktop.modules());
      theme = new LiveTheme(desktop, windows::find, windows::all);
      readers = new ScreenReaders(desktop, this::engine, config.meta().title(), console::say);
      Map<String, Supplier<Future<Map<String, Object>>>> capabilities =
          new HashMap<>(desktop.capabilities());
      capabilities.put(bluetooth.name(), bluetooth::capability);
      Printers printers = new Printers(this::blocking);
      capabilities.put("printing", printers::capability);
      capabilities.put("dragOut", FilesOut::capability);
      capabilities.put("spellChecker", spelling::capability);
      modules.add(
          new ApplicationModule(
              exit::complete,
              config::toJson,
              Facts::versions,
              security::now,
              capabilities,
              updates()));
      given = new GivenFiles(windows::find, this::blocking, folders.get("home"));
      WindowIcons icons = new WindowIcons(windows::find, this::ownFile);
      modules.add(
          new WindowModule(
              windows::find,
              Stream.of(
                      // What other parts do to the caller's window: a list of commands each.
                      List.of(
                          new WindowCreation(
                                  config.meta().origin(), windows, look, this::sent, icons)
                              .command(),
                          icons.command()),
                      closing.commands(),
                      given.commands(),
                      new FilesOut(windows::find, icons, folders.get("home")).commands())
                  .flatMap(List::stream)
                  .toList()));
      modules.add(
          new OtherWindows(windows, (id, event, detail) -> bridge.join().send(id, event, detail)));
      Optional<String> asker =
          options.headless() ? Optional.empty() : Optional.of(config.meta().title());
      modules.add(
          new PageServices(
              windows::find, new CheckedFile(random), this::blocking, printers, asker));
      downloads =
          new Downloads(
              profile().resolve("Dunlin Downloads"),
              folders.get("downloads"),
              new CheckedFile(random),
              this::blocking,
              random,
              new DownloadPages());
      modules.add(downloads);
      questions =
          new PermissionModule(
              config.meta().title(),
              config.meta().origin(),
              windows::find,
              options.headless(),
              config.permissions().denied(),
              folders.get("data"),
              this::blocking);
      modules.add(questions);
      modules.add(new SessionModule(config.meta().origin(), windows::find, spelling));
      menus =
          new MenuModule(
              windows::find,
              () -> windows.all().forEach(BrowserWindow::requestClose),
              (index, event, detail) -> bridge.join().emit(index, event, detail));
      modules.addAll(menus.modules());
      modules.add(new MessageBoxes(windows::find, config.meta().title(), !options.headless()));
      modules.add(new DesktopModule(this::external, scale::join));
      modules.add(
          new ClipboardModule(
              !config.permissions().denied().contains(Permission.CLIPBOARD),
              () -> Toolkit.getDefaultToolkit().getSystemClipboard()));
      modules.add(
          new PickerModule(
              windows::find,
              options.headless()
                  ? Optional.empty()
                  : Optional.of(
                      new PortalDialogs(
                          desktop::pickFiles,
                          new FileDialogs(config.meta().title(), folders.get("home")),
                          this::blocking)),
              config.webview().pickersNeedGesture(),
              folders::get,
              this::blocking));
      modules.addAll(StandardModules.of(console, random, folders.get("data")));
      vertx = vertxStart.join();
      Scheduler scheduler = new VertxScheduler(vertx, Lane.create(vertx, "children"));
      backEnd = backEnd(scheduler);
      modules.add(
          new ChildProcessModule(scheduler, Facts.environment(config, options, System.getenv())));
      modules.add(new BackEndModule(backEnd));
      modules.add(new SignalModule(scheduler));
      modules.add(
          new ExtensionModule(
              config.directory().resolve(EXTENSIONS),
              module -> bridge.join().add(module),
              name -> bridge.join().remove(name)));
      List<Path> own = new ArrayList<>();
      own.add(resourceFolder());
      own.add(config.directory().resolve(AppConfig.FILE));
      own.add(config.directory().resolve(EXTENSIONS));
      installed.flatMap(InstalledRun::updates).ifPresent(own::add);
      if (backEnd.isPresent() || devServer.isPresent()) {
        // It runs in this folder, and loads who knows what from it: node_modules, package.json,
        // what lies beside it.
        own.add(config.directory());
      }
      return new Bridge(
          vertx,
          new BridgeConfig(
              config.meta().origin(),
              policySet(List.of()),
              own,
              random,
              new PageFiles(temp, random, windows::find)),
          modules);
    }

    /** A file of the app by the path of its URL. */
    private Optional<Path> ownFile(String path) {
      return AppDesktop.file(resourceFolder(), config.webview().root(), path);
    }

    private <T> Future<T> blocking(Callable<T> work) {
      return vertx.executeBlocking(work, false);
    }

    /** To a window of the app; to its first one if it is gone. */
    private void emit(int id, String event, Object detail) {
      windows
          .find(id)
          .or(windows::first)
          .ifPresent(window -> bridge.join().emit(window.id(), event, detail));
    }

    private void toFront(int id) {
      windows.find(id).or(windows::first).ifPresent(BrowserWindow::bringToFront);
    }

    private UpdateCommands updates() {
      return new UpdateCommands(
          installed,
          (window, progress) -> bridge.join().emit(window, UpdateCommands.PROGRESS, progress),
          () -> {
            restart = true;
            exit.complete(0);
          });
    }

    private Optional<BackEnd> backEnd(Scheduler scheduler) {
      Map<String, String> environment = new HashMap<>(UserEnvironment.get());
      environment.putAll(config.environment());
      environment.putAll(options.environment());
      return BackEndCommand.of(config)
          .map(
              command ->
                  new BackEnd(
                      command.argv(),
                      config.directory(),
                      environment,
                      scheduler,
                      new Backoff(BACK_END_PAUSE, BACK_END_LONGEST_PAUSE, 0.2, random),
                      new BackEndEvents()));
    }

    /** What the back end says: to the pages of one window or of all, and on the console. */
    private final class BackEndEvents implements BackEnd.Events {
      @Override
      public Future<Void> send(int index, String event, Object detail) {
        return Future.join(
                (index < 0 ? windows.all().stream() : windows.at(index).stream())
                    .map(window -> bridge.join().send(window.id(), event, detail))
                    .toList())
            .mapEmpty();
      }

      @Override
      public void print(boolean error, String line) {
        console.print(error ? ConsoleModule.Level.STDERR : ConsoleModule.Level.STDOUT, line + "\n");
      }

      @Override
      public void exit(int code) {
        exit.complete(code);
      }
    }

    private void openFirst() {
      Optional<String> name =
          config.window().restore() ? Optional.of(MAIN_WINDOW) : Optional.empty();
      windows.open(
          name.map(known -> look.restored(look.first(), known)).orElseGet(look::first),
          new Windows.Place(Optional.of(FIRST), List.of(), name));
    }

    @Override
    public Future<Boolean> leave(int window, boolean reload) {
      if (options.headless()) {
        console.say("nobody is here to ask whether the page may be left: it is");
        return Future.succeededFuture(true);
      }
      return windows
          .find(window)
          .map(open -> open.onFrame(frame -> LeaveQuestion.ask(frame, reload)))
          .orElseGet(() -> Future.succeededFuture(true));
    }

    /** What the app makes of its windows' lives. */
    private final class WindowEvents implements Windows.Events {
      @Override
      public void opening(WindowNumber window, List<String> narrower) {
        host.windowOpens(window.id());
        if (!narrower.isEmpty()) {
          bridge.join().windowOpens(window.id(), policySet(List.of()).narrowedBy(narrower));
        }
      }

      @Override
      public void opened(BrowserWindow window) {
        window.onClosing(() -> closing.mayClose(window.id()));
        icon(window);
        given.attach(window);
        menus.attach(window, !options.production());
      }

      @Override
      public void seen(BrowserWindow window, boolean now) {
        bridge.join().emit(window.id(), now ? "applicationresume" : "applicationpause", Map.of());
        tellAll(now ? "windowshown" : "windowhidden", window.index());
      }

      @Override
      public void gone(WindowNumber window) {
        bridge().windowGone(window.id());
        closing.forget(window.id());
        recoveries.remove(window.id());
        downloads.forgetFolder(window.id());
        logins.forget(window.id());
        host.windowGone(window.id());
      }

      @Override
      public void closed(BrowserWindow window, Optional<String> name, boolean last) {
        name.ifPresent(known -> noteAside(known, window.place()));
        if (last) {
          exit.complete(0);
        } else {
          tellAll("windowclosed", window.index());
        }
      }

      /** This is AWT's thread. What a worker has not written when the app ends, is written then. */
      private void noteAside(String name, WindowPlace place) {
        look.note(name, place);
        blocking(
            () -> {
              look.writeNotes();
              return name;
            });
      }

      private void tellAll(String event, int index) {
        // The original says data, its pages ask for index.
        Map<String, Object> detail = Map.of("index", index, "data", index);
        windows.all().forEach(one -> bridge.join().emit(one.id(), event, detail));
      }
    }

    private Bridge bridge() {
      return bridge.join();
    }

    private Engine engine() {
      Engine running = engine;
      if (running == null) {
        throw new EngineException("the app is starting");
      }
      return running;
    }

    /** A policy as it is sent. */
    private String sent(String policy) {
      return new PolicyHeader(folders.policyNames()).value(policy);
    }

    private void closeEngine() {
      Engine running = engine;
      if (running == null) {
        return;
      }
      spelling.end();
      windows.places().forEach(look::note);
      look.writeNotes();
      // It has time to put away what it holds; who needs more is killed at the end.
      Future<Void> ended = backEnd.map(BackEnd::close).orElseGet(Future::succeededFuture);
      try {
        running
            .close()
            .eventually(() -> ended)
            .toCompletionStage()
            .toCompletableFuture()
            .get(CLOSE_GRACE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException | ExecutionException e) {
        console.say(
            "Chromium, or the back end, did not close within "
                + CLOSE_GRACE.toSeconds()
                + " s and is ended with this process");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      Bridge started = bridge.isCompletedExceptionally() ? null : bridge.getNow(null);
      if (started != null) {
        keepState(started);
        started.close();
      }
    }

    /** Pages are gone; what modules keep for the next start is written now. */
    private void keepState(Bridge started) {
      try {
        started
            .keepState()
            .toCompletionStage()
            .toCompletableFuture()
            .get(KEEP_GRACE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException | ExecutionException e) {
        console.say("what the app's peers know could not be saved: " + e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void external(String url) {
      ExternalLinks.open(url, console);
    }

    @Override
    public void popupToBrowser(String url) {
      if (options.headless()) {
        console.say(
            "nobody is here to ask whether the page may open " + url + " in a browser: denied");
      } else if (!question.ask(url)) {
        console.say("the page asks to open " + url + " while another question stands: denied");
      }
    }

    @Override
    public void download(int index, Download download) {
      downloads.offered(index, download);
    }

    @Override
    public void leaves(int window, String url) {
      logins.leaves(window, url);
    }

    @Override
    public void certificateRefused(String url, String error) {
      console.say(
          "the page may not load "
              + (url.length() <= SHOWN_LENGTH ? url : url.substring(0, SHOWN_LENGTH) + "…")
              + ": the server's certificate is wrong ("
              + error
              + "). Give the server a certificate that this computer trusts.");
    }

    /** How downloads reach pages, and the person at the console. */
    private final class DownloadPages implements Downloads.Pages {
      @Override
      public List<String> shown(int index) {
        return host.shown(index);
      }

      @Override
      public Future<Reply> call(int index, List<String> shown, String path, ObjectNode params) {
        return bridge.join().callFor(index, shown, "download", "save", path, params);
      }

      @Override
      public void emit(int index, String event, Object detail) {
        bridge.join().emit(index, event, detail);
      }

      @Override
      public void refused(String url, String why) {
        console.say(
            "the page may not download "
                + (url.length() <= SHOWN_LENGTH ? url : url.substring(0, SHOWN_LENGTH) + "…")
                + ": "
                + why
                + ". Or write the file with fs.writeFile from 'socket:fs/promises'.");
      }
    }

    @Override
    public void title(int window, String title) {
      if (!title.isEmpty() && !title.startsWith(config.meta().host())) {
        windows.find(window).ifPresent(changed -> changed.setTitle(WindowParams.shortened(title)));
      }
    }

    @Override
    public void rendererGone(int window, String cause) {
      console.say("the page's process ended (" + cause + ")");
      if (options.testFile().isPresent() || options.exitAfterScreenshot()) {
        // What was asked for can't come any more.
        exit.complete(FAILED);
        return;
      }
      windows
          .find(window)
          .filter(gone -> !gone.isClosing())
          .ifPresent(gone -> gone.load(recovery(window).pageAfter(gone.url(), cause)));
    }

    private RendererRecovery recovery(int window) {
      return recoveries.computeIfAbsent(
          window, id -> new RendererRecovery(config.meta().origin(), new SystemClock()));
    }

    @Override
    public void committed(int window, String url) {
      closing.forget(window);
      given.forget(window);
      theme.committed(window);
      windows.find(window).ifPresent(BrowserWindow::committed);
      windows.find(window).ifPresent(typing::arrived);
      if (WebUrl.isOf(config.meta().origin(), url)) {
        logins.isBack(window);
      } else {
        logins.arrived(window);
      }
      if (host.shown(window).isEmpty()) {
        downloads.forgetFolder(window);
      }
      if (loadedOnce && window == FIRST && options.testFile().isPresent() && !exit.isDone()) {
        resultLost(url);
      }
    }

    @Override
    public void loaded(int window, String url, int status) {
      windows.find(window).ifPresent(BrowserWindow::loaded);
      windows.find(window).ifPresent(typing::arrived);
      if (status < FIRST_ERROR) {
        installed.ifPresent(app -> app.loaded(console::say));
      }
      questions.loaded(window);
      if (loadedOnce || window != FIRST) {
        return;
      }
      loadedOnce = true;
      Scheduler later = new VertxScheduler(vertx, Lane.create(vertx, "after-start"));
      later.schedule(REST, () -> Threads.start("start-memory", StartMemory::giveBack));
      later.schedule(SETTLED, this::settled);
      Threads.start("typing", () -> typing.begin(engine()));
      tellLinks(options.arguments());
      Threads.start(
          "second-starts",
          () -> {
            tellFiles(OpenedFiles.among(options.arguments(), Path.of("").toAbsolutePath()));
            letOperatorIn();
            takeSecondStarts();
          });
      if (options.screenshot().isEmpty() && options.testFile().isEmpty()) {
        return;
      }
      // Not on Chromium's UI thread, which this waits for.
      Threads.start("after-load", this::afterLoad);
    }

    private void settled() {
      if (exit.isDone()) {
        return;
      }
      Threads.start("old-generation", OldGeneration::keepSmall);
      Threads.start("theme", theme::follow);
      Threads.start("screen-readers", readers::follow);
      spelling.begin();
    }

    /** Of the words of a start, the links: URLs of the app's own scheme. */
    private void tellLinks(List<String> words) {
      String scheme = config.meta().applicationProtocol() + ":";
      words.stream()
          .filter(word -> word.regionMatches(true, 0, scheme, 0, scheme.length()))
          .forEach(
              link ->
                  windows
                      .first()
                      .ifPresent(
                          window ->
                              bridge
                                  .join()
                                  .emit(window.id(), "applicationurl", Map.of("url", link))));
    }

    private void tellFiles(List<Path> files) {
      if (!files.isEmpty() && OpenedFiles.areWanted(config)) {
        given.opened(files);
        windows
            .first()
            .ifPresent(
                window ->
                    bridge
                        .join()
                        .emit(window.id(), "applicationopenfiles", Map.of("count", files.size())));
      }
    }

    /** From the first page on: a link that came before would have nobody to hear of it. */
    private void takeSecondStarts() {
      if (ephemeralProfile()) {
        return;
      }
      try {
        HandOver listening =
            HandOver.listen(
                temp.socket(),
                words -> {
                  tellLinks(words);
                  tellFiles(OpenedFiles.amongAbsolute(words));
                  windows.first().ifPresent(BrowserWindow::bringToFront);
                });
        exit.whenComplete((code, fault) -> close(listening));
        instance.announce(temp.socket());
      } catch (IOException e) {
        console.say("a second start can't hand over its links: " + e.getMessage());
      }
    }

    /** From the first page on, too. */
    private void letOperatorIn() {
      if (!OperatorAccess.isGranted(options, System.getenv())) {
        return;
      }
      try {
        AutoCloseable door = OperatorAccess.open(config, temp.folder(), bridge(), console);
        exit.whenComplete((code, fault) -> close(door));
      } catch (IOException | RuntimeException e) {
        // Second starts are heard all the same.
        console.say("dunlin operator can't watch this app: " + e.getMessage());
      }
    }

    private void close(AutoCloseable listening) {
      try {
        listening.close();
      } catch (Exception e) {
        console.say("a socket of this run did not close: " + e.getMessage());
      }
    }

    private void afterLoad() {
      DevToolsSession session;
      try {
        session =
            windows
                .find(FIRST)
                .orElseThrow(() -> new EngineException("its window has closed"))
                .devTools();
      } catch (EngineException e) {
        fail(e.getMessage());
        return;
      }
      options
          .screenshot()
          .ifPresent(
              file ->
                  Screenshot.take(session, file)
                      .onSuccess(
                          saved -> {
                            console.say("saved the first painted page as " + saved);
                            if (options.exitAfterScreenshot()) {
                              exit.complete(0);
                            }
                          })
                      .onFailure(fault -> fail(fault.getMessage())));
      options.testFile().ifPresent(file -> runTest(session, file));
    }

    /**
     * A file that uses socket:test ends the app with its result; any other has passed when it has
     * been imported.
     */
    private void runTest(DevToolsSession session, String file) {
      String url = file.startsWith("/") ? file : "/" + file;
      String expression =
          "import("
              + Json.MAPPER.valueToTree(config.meta().origin() + url)
              + ").then(() => import('socket:test')).then(t => t.GLOBAL_TEST_RUNNER.length > 0)";
      session
          .call(
              "Runtime.evaluate",
              Json.MAPPER
                  .createObjectNode()
                  .put("expression", expression)
                  .put("awaitPromise", true)
                  .put("returnByValue", true)
                  .toString())
          .onSuccess(
              result -> {
                try {
                  JsonNode answer = Json.MAPPER.readTree(result);
                  if (answer.has("exceptionDetails")) {
                    fail(
                        "the test "
                            + url
                            + " could not be imported: "
                            + answer
                                .path("exceptionDetails")
                                .path("exception")
                                .path("description")
                                .asText(result));
                  } else if (!answer.path("result").path("value").asBoolean()) {
                    exit.complete(0);
                  }
                } catch (IOException e) {
                  fail("DevTools answered what is no JSON: " + e.getMessage());
                }
              })
          .onFailure(
              fault -> {
                if (String.valueOf(fault.getMessage()).contains(DOCUMENT_LEFT)) {
                  resultLost(windows.find(FIRST).map(BrowserWindow::url).orElse("closed"));
                } else {
                  fail("the test " + url + " could not be started: " + fault.getMessage());
                }
              });
    }

    /** The tests ran in the document that is gone: nobody would ever tell their result. */
    private void resultLost(String url) {
      fail(
          "the page was reloaded or left (now "
              + url
              + ") while the test "
              + options.testFile().get()
              + " ran, and its result is lost. A test must stay in its document: try what reloads"
              + " in a frame.");
    }

    /** What was asked for does not come; nothing of interest once the end was asked for. */
    private void fail(String message) {
      if (!exit.isDone()) {
        console.say(message);
        exit.complete(FAILED);
      }
    }
  }
}
