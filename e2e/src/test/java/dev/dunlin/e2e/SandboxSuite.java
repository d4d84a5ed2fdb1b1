package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The box of Chromium's processes, as the kernel tells of it and as one finds it who is in it. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.dunlin.e2e.Account#all")
class SandboxSuite {
  private static final String RENDERER = "renderer";
  private static final String STORAGE = "storage.mojom.StorageService";
  private static final String NETWORK = "network.mojom.NetworkService";
  private static final String GRAPHICS = "gpu-process";
  private static final String ZYGOTE = "zygote";

  private static final String REPORT =
      "import('socket:application').then(a => (a.default ?? a).security())";

  @RegisterExtension static final Apps APPS = new Apps();

  @Parameter Account account;

  @TempDir Path folder;

  private RunningApp.Start bare() {
    return RunningApp.Start.of(Apps.named("bare")).as(account);
  }

  private static Page ready(RunningApp app) {
    Page page = app.page();
    page.await("document.documentElement.dataset.ready === 'true'");
    return page;
  }

  /** Chromium's processes by their kind; there may be several renderers, of which this is one. */
  private static Map<String, Long> helpers(RunningApp app) {
    Map<String, Long> helpers = new TreeMap<>();
    app.processes()
        .forEach(
            (pid, command) -> {
              List<String> words = List.of(command.split(" "));
              if (words.get(0).endsWith("/jcef_helper")) {
                helpers.put(
                    words.stream()
                        .filter(word -> word.startsWith("--utility-sub-type="))
                        .findFirst()
                        .or(() -> words.stream().filter(w -> w.startsWith("--type=")).findFirst())
                        .orElse(command)
                        .replaceFirst(".*=", ""),
                    pid);
              }
            });
    return helpers;
  }

  private static Path proc(long pid, String file) {
    return Path.of("/proc", Long.toString(pid), file);
  }

  private static Map<String, String> status(long pid) throws IOException {
    Map<String, String> status = new HashMap<>();
    for (String line : Files.readAllLines(proc(pid, "status"))) {
      status.put(
          line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 1).strip());
    }
    return status;
  }

  private static Set<String> namespacesOfItsOwn(RunningApp app, long pid) throws IOException {
    Set<String> own = new TreeSet<>();
    for (String kind : List.of("user", "pid", "mnt", "uts", "ipc", "net")) {
      if (!Files.readSymbolicLink(proc(pid, "ns/" + kind))
          .equals(Files.readSymbolicLink(proc(app.pid(), "ns/" + kind)))) {
        own.add(kind);
      }
    }
    return own;
  }

  private static List<String> mountPoints(long pid) throws IOException {
    return Files.readAllLines(proc(pid, "mountinfo")).stream()
        .map(line -> line.split(" ")[4])
        .toList();
  }

  @Test
  void everyHelperHasAFilterAndNoCapabilityAndNameSpacesOfItsOwn() throws IOException {
    RunningApp app = APPS.start(bare().driven());
    ready(app).evaluate("localStorage.setItem('a', '1')");
    app.await(() -> helpers(app).containsKey(STORAGE), "the storage service", RunningApp.SOON);
    Map<String, Long> helpers = helpers(app);
    assertEquals(Set.of(ZYGOTE, RENDERER, STORAGE, NETWORK, GRAPHICS), helpers.keySet());
    for (Map.Entry<String, Long> helper : helpers.entrySet()) {
      Map<String, String> status = status(helper.getValue());
      assertEquals("2", status.get("Seccomp"), helper::toString);
      assertEquals("1", status.get("NoNewPrivs"), helper::toString);
      for (String set : List.of("CapEff", "CapPrm", "CapInh", "CapAmb", "CapBnd")) {
        assertEquals("0000000000000000", status.get(set), set + " of " + helper);
      }
      Set<String> expected = new TreeSet<>(Set.of("user", "pid", "mnt", "uts"));
      if (!helper.getKey().equals(GRAPHICS)) {
        expected.add("ipc");
      }
      if (!helper.getKey().equals(NETWORK)) {
        expected.add("net");
      }
      assertEquals(
          expected, namespacesOfItsOwn(app, helper.getValue()), () -> helper + " in " + helpers);
    }
    // What this test looks at is not so by itself.
    Map<String, String> host = status(app.pid());
    assertEquals("0", host.get("Seccomp"));
    assertNotEquals("0000000000000000", host.get("CapBnd"));
  }

  private static final String SOUND = "audio.mojom.AudioService";
  private static final String CAMERAS = "video_capture.mojom.VideoCaptureService";

  @Test
  void helpersShareTheAddressesInChromiumsLibraryWhichTheAppItselfHasElsewhere()
      throws IOException {
    assumeTrue(Glibc.isPrelinkedFor(), "it lies elsewhere in each process");
    RunningApp app = APPS.start(bare().driven());
    ready(app).evaluate("localStorage.setItem('a', '1')");
    app.await(() -> helpers(app).containsKey(STORAGE), "the storage service", RunningApp.SOON);
    Set<Long> places = new HashSet<>();
    for (Map.Entry<String, Long> helper : helpers(app).entrySet()) {
      places.add(Libcef.of(helper.getValue()).start());
      assertTrue(Libcef.of(helper.getValue()).ownAddressesKib() < 1024, helper::toString);
    }
    assertEquals(1, places.size(), places::toString);
    assertFalse(places.contains(Libcef.of(app.pid()).start()));
    // As the kernel counts what is its own, where it is.
    assertTrue(Libcef.of(app.pid()).ownAddressesKib() > 1024);
  }

  /**
   * @param ownAddressesKib of what the linker adjusts and then protects, those that only this
   *     process has
   */
  private record Libcef(long start, int ownAddressesKib) {
    static Libcef of(long pid) throws IOException {
      long start = 0;
      int own = 0;
      boolean protectedNow = false;
      for (String line : Files.readAllLines(proc(pid, "smaps"))) {
        if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
          boolean libcef = line.endsWith("/libcef.so");
          if (libcef && start == 0) {
            start = Long.parseLong(line, 0, line.indexOf('-'), 16);
          }
          protectedNow = libcef && line.contains(" r--p ");
        } else if (protectedNow && line.startsWith("Private_Dirty:")) {
          own += Integer.parseInt(line.replaceAll("\\D", ""));
        }
      }
      return new Libcef(start, own);
    }
  }

  /** Of a service that is started when a page asks for it. */
  private static void assertBoxed(RunningApp app, String service) throws IOException {
    app.await(() -> helpers(app).containsKey(service), service, RunningApp.SOON);
    long pid = helpers(app).get(service);
    // Until the helper is the program, it is bubblewrap or the script.
    Map<String, String> status = status(pid);
    assertEquals("2", status.get("Seccomp"), service);
    assertEquals("1", status.get("NoNewPrivs"), service);
    assertEquals("0000000000000000", status.get("CapBnd"), service);
    Set<String> own = namespacesOfItsOwn(app, pid);
    assertTrue(own.containsAll(Set.of("user", "pid", "mnt", "uts", "net")), service + own);
    Path secret = app.base().resolve("home");
    assertFalse(Files.exists(proc(pid, "root" + secret)), service + " sees " + secret);
  }

  @Test
  void theServicesOfSoundAndOfCamerasAreBoxedToo() throws IOException {
    RunningApp app = APPS.start(bare().driven());
    Page page = ready(app);
    page.tell("navigator.mediaDevices.enumerateDevices()");
    assertBoxed(app, SOUND);
    assertBoxed(app, CAMERAS);
    app.page().await("navigator.mediaDevices.enumerateDevices().then(all => all.length >= 0)");
    JsonNode report = page.evaluate(REPORT);
    report.path("otherProcesses").forEach(held -> assertTrue(held.asBoolean(), report::toString));
  }

  /** A server of sound with a loudspeaker that nobody hears, which can be listened to. */
  @Test
  void aSoundGoesThroughTheBoxToTheServer() throws IOException {
    assumeTrue(ProcessStarter.find("pulseaudio").isPresent(), "there is no pulseaudio");
    assumeTrue(ProcessStarter.find("parec").isPresent(), "there is no parec");
    Path run = Files.createTempDirectory(Path.of("/var/tmp"), "e2e-sound-");
    account.own(run);
    Path socket = run.resolve("native");
    Map<String, String> variables =
        Map.of(
            "PATH", System.getenv("PATH"),
            "HOME", run.toString(),
            "XDG_RUNTIME_DIR", run.toString(),
            "XDG_CONFIG_HOME", run.toString(),
            "PULSE_SERVER", "unix:" + socket);
    List<ChildProcess> started = new ArrayList<>();
    RunningApp app = bare().variable("PULSE_SERVER", "unix:" + socket).driven().start();
    try (app) {
      started.add(
          start(
              variables,
              "pulseaudio",
              "--daemonize=no",
              "--exit-idle-time=-1",
              "-n",
              "--load=module-null-sink sink_name=nobody",
              "--load=module-native-protocol-unix auth-cookie-enabled=0 socket=" + socket));
      app.await(() -> Files.exists(socket), "the server of sound", RunningApp.SOON);
      Page page = ready(app);
      page.click("h1");
      page.evaluate(
          "globalThis.sound = new AudioContext(), globalThis.tone = sound.createOscillator(),"
              + " tone.connect(sound.destination), tone.start(), true");
      page.await("sound.state === 'running' && sound.currentTime > 0.1");
      assertBoxed(app, SOUND);
      ChildProcess ear =
          start(variables, "parec", "--device=nobody.monitor", "--format=u8", "--channels=1");
      started.add(ear);
      boolean heard = false;
      byte[] some = new byte[1 << 12];
      for (int i = 0; i < 1_000 && !heard; i++) {
        int length = ear.stdout().read(some);
        assertTrue(length > 0, "the server has ended: " + app.log());
        for (int at = 0; at < length; at++) {
          // Silence is 128.
          heard |= Math.abs((some[at] & 0xFF) - 128) > 16;
        }
      }
      assertTrue(heard, "no sound came");
    } finally {
      started.forEach(ChildProcess::killTree);
      Layout.deleteTree(run);
    }
  }

  private ChildProcess start(Map<String, String> variables, String... argv) {
    List<String> words = new ArrayList<>(account.prefix());
    words.addAll(List.of(argv));
    return ProcessStarter.get()
        .start(
            ProcessSpec.of(words.toArray(String[]::new))
                .withEnvironment(variables)
                .withStdio(Stdio.NULL, Stdio.PIPE, Stdio.NULL))
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  /** As in a home, of which the box has nothing; the other tests' folders are in its /tmp. */
  @Test
  void opensThoughTheFolderOfSettingsCanNotBeMadeInTheBox() throws IOException {
    Path home = Files.createTempDirectory(Path.of("/var/tmp"), "e2e-settings-");
    try {
      account.own(home);
      RunningApp app =
          bare().variable("XDG_CONFIG_HOME", home.resolve("config").toString()).driven().start();
      try (app) {
        ready(app);
      }
    } finally {
      Layout.deleteTree(home);
    }
  }

  @Test
  void aRendererHasNoInterfaceButItsOwnLoopback() throws IOException {
    RunningApp app = APPS.start(bare().driven());
    ready(app);
    for (String kind : List.of(RENDERER, GRAPHICS)) {
      List<String> interfaces = Files.readAllLines(proc(helpers(app).get(kind), "net/dev"));
      assertEquals(3, interfaces.size(), interfaces::toString);
      assertTrue(interfaces.get(2).strip().startsWith("lo:"), interfaces::toString);
    }
  }

  @Test
  void aRendererSeesFewFilesAndNoneOfThePersons() throws IOException {
    RunningApp app = APPS.start(bare().driven());
    ready(app);
    Map<String, Long> helpers = helpers(app);
    for (String kind : List.of(RENDERER, STORAGE, GRAPHICS, NETWORK)) {
      long pid = helpers.getOrDefault(kind, helpers.get(ZYGOTE));
      for (String point : mountPoints(pid)) {
        boolean profile =
            kind.equals(NETWORK) && point.startsWith(app.base().resolve("cache") + "/");
        assertTrue(
            profile
                || Stream.of(
                        "/usr", "/lib", "/etc", "/dev", "/sys/devices", "/var/cache/fontconfig")
                    .anyMatch(point::startsWith)
                || Set.of("/", "/tmp", "/run/engine").contains(point)
                || point.startsWith("/tmp/jcef-p0_scheme")
                || kind.equals(GRAPHICS)
                    && (point.startsWith("/tmp/.X11-unix/X") || point.equals("/tmp/.Xauthority"))
                || kind.equals(NETWORK) && point.startsWith("/run/"),
            kind + " sees " + point);
      }
    }
    try (Stream<Path> root = Files.list(proc(helpers.get(RENDERER), "root"))) {
      Set<String> names = new TreeSet<>();
      root.forEach(path -> names.add(path.getFileName().toString()));
      names.removeAll(Set.of("lib32", "lib64", "nix"));
      assertEquals(Set.of("dev", "etc", "lib", "proc", "run", "sys", "tmp", "usr", "var"), names);
    }
    assertFalse(Files.exists(proc(helpers.get(RENDERER), "root/usr/bin")));
  }

  @Test
  void aRendererHoldsNoFileOfThePersons() throws IOException {
    RunningApp app = APPS.start(bare().driven());
    ready(app);
    long renderer = helpers(app).get(RENDERER);
    List<String> others = new ArrayList<>();
    try (Stream<Path> all = Files.list(proc(renderer, "fd"))) {
      for (Path fd : all.toList()) {
        String file;
        try {
          file = Files.readSymbolicLink(fd).toString();
        } catch (NoSuchFileException closed) {
          continue;
        }
        int number = Integer.parseInt(fd.getFileName().toString());
        boolean needed =
            number <= 2
                || file.matches("(socket|pipe|anon_inode):.*|/memfd:.*")
                || file.startsWith("/run/engine/")
                || file.startsWith("/usr/share/fonts/")
                || file.equals("/dev/urandom")
                // Chromium's shared memory has no name any more.
                || file.matches(".*/\\.?org\\.chromium\\.Chromium\\.\\w+( \\(deleted\\))?")
                || file.matches("/proc/" + renderer + "/(statm|status)")
                || file.endsWith("/v8_context_snapshot.bin")
                // In its own /tmp, where the profile of a test is too.
                || file.endsWith("/chrome_debug.log");
        if (!needed) {
          others.add(fd + " -> " + file);
        }
      }
    }
    assertEquals(List.of(), others);
  }

  @Test
  void ofAHomeOnlyTheFontsAreSeen() throws IOException {
    RunningApp first = APPS.start(bare().driven());
    ready(first);
    first.signal("INT", first.pid());
    first.awaitExit();
    Path fonts = Files.createDirectories(first.base().resolve("data/fonts"));
    Files.writeString(first.base().resolve("data/secret"), "secret");
    account.own(first.base());
    RunningApp app = APPS.start(bare().driven().in(first));
    ready(app);
    long renderer =
        RunningRenderer.of(first, app)
            .orElseThrow(() -> new AssertionError("there is no renderer"));
    Path seen = proc(renderer, "root" + first.base().resolve("data"));
    try (Stream<Path> all = Files.list(seen)) {
      assertEquals(List.of(seen.resolve("fonts")), all.toList());
    }
    assertTrue(mountPoints(renderer).contains(fonts.toString()));
  }

  /** A start in the home of another is found by the other's mark. */
  private static final class RunningRenderer {
    static java.util.Optional<Long> of(RunningApp... apps) {
      return Stream.of(apps)
          .map(SandboxSuite::helpers)
          .filter(helpers -> helpers.containsKey(RENDERER))
          .map(helpers -> helpers.get(RENDERER))
          .findFirst();
    }
  }

  // ---- from inside

  /** The script that starts helpers, with the attacks in place of the helper. */
  private Path boxOfAttacks(RunningApp app) throws IOException {
    Path own;
    try (Stream<Path> all = Files.walk(app.base(), 3)) {
      own =
          all.filter(path -> path.getFileName().toString().equals("sandbox"))
              .findFirst()
              .orElseThrow(() -> new AssertionError("there is no script"));
    }
    String script = Files.readString(own);
    String end = "--remount-ro / -- \"$engine/jcef_helper\" \"$@\"";
    assertTrue(script.contains(end), script);
    Path attacks = attacks();
    Path changed = folder.resolve("box");
    Files.writeString(
        changed,
        script.replace(
            end,
            "--ro-bind /usr/bin/perl /run/perl --ro-bind '"
                + attacks
                + "' /run/attacks --remount-ro / -- /run/perl /run/attacks \"$A\" \"$B\" \"$C\" \"$D\""));
    Files.setPosixFilePermissions(changed, PosixFilePermissions.fromString("rwx------"));
    account.own(folder);
    return changed;
  }

  private Path attacks() throws IOException {
    Path file = folder.resolve("attacks.pl");
    try (InputStream in = SandboxSuite.class.getResourceAsStream("attacks.pl")) {
      Files.write(file, in.readAllBytes());
    }
    account.own(folder);
    return file;
  }

  private Map<String, String> run(Map<String, String> variables, String... argv)
      throws IOException {
    List<String> words = new ArrayList<>(account.prefix());
    words.addAll(List.of(argv));
    Map<String, String> environment = new HashMap<>(variables);
    environment.put("PATH", System.getenv("PATH"));
    ChildProcess child =
        ProcessStarter.get()
            .start(
                ProcessSpec.of(words.toArray(String[]::new))
                    .withEnvironment(environment)
                    .withStdio(Stdio.NULL, Stdio.PIPE, Stdio.PIPE))
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    String out = new String(child.stdout().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(child.stderr().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(out.contains("environment="), () -> "it did not run to its end: " + out + err);
    Map<String, String> results = new TreeMap<>();
    out.lines()
        .forEach(
            line ->
                results.put(
                    line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1)));
    return results;
  }

  private static Optional<Path> socketOfSecondStarts(RunningApp app) {
    try (Stream<Path> all = Files.walk(app.base(), 3)) {
      return all.filter(path -> path.endsWith("dunlin-own/start")).findFirst();
    } catch (IOException | UncheckedIOException changing) {
      return Optional.empty();
    }
  }

  @Test
  void whoHasTakenOverARendererCanDoNothingWithTheMachine() throws IOException {
    assumeTrue(System.getProperty("os.arch").equals("amd64"), "the attacks know x86-64's numbers");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "there is no perl");
    RunningApp app = APPS.start(bare().driven());
    ready(app);
    Path secret = app.base().resolve("home/secret");
    Files.writeString(secret, "secret");
    account.own(app.base().resolve("home"));
    app.await(
        () -> socketOfSecondStarts(app).isPresent(),
        "the socket for second starts",
        RunningApp.SOON);
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Path socket = socketOfSecondStarts(app).orElseThrow();
      Map<String, String> aims =
          Map.of(
              "A", secret.toString(),
              "B", Integer.toString(server.getLocalPort()),
              "C", socket.toString(),
              "D", Long.toString(app.pid()));
      Map<String, String> boxed =
          run(aims, boxOfAttacks(app).toString(), "--type=renderer", "--user-data-dir=/nowhere");
      Map<String, String> free =
          run(
              Map.of("MARK", "1"),
              "/usr/bin/perl",
              attacks().toString(),
              aims.get("A"),
              aims.get("B"),
              aims.get("C"),
              aims.get("D"));
      assertHonest(boxed);
      assertHonest(free);
      assertHeld(boxed);
      assertFree(free);
    }
    assertTrue(app.isRunning());
  }

  /** The box is one in which programs run. */
  private static void assertHonest(Map<String, String> results) {
    for (String what : List.of("write-tmp", "socketpair", "fork")) {
      assertEquals("done", results.get(what), what);
    }
  }

  private static void assertHeld(Map<String, String> boxed) {
    for (String file :
        List.of(
            "open-file-of-the-person",
            "open-shadow",
            "open-passwd",
            "open-memory-of-the-runtime",
            "open-kernel-memory",
            "home",
            "run-shell")) {
      assertEquals("ENOENT", boxed.get(file), file);
    }
    // The engine may be somebody else's besides.
    assertTrue(Set.of("EROFS", "EACCES").contains(boxed.get("write-engine")), boxed::toString);
    assertEquals("EROFS", boxed.get("write-root"));
    for (String call :
        List.of(
            "tcp",
            "udp",
            "unix",
            "netlink",
            "packet",
            "vsock",
            "ptrace",
            "read-memory",
            "clone-user",
            "unshare-user",
            "mount",
            "chroot",
            "add-key",
            "io-uring",
            "bpf",
            "perf",
            "userfaultfd",
            "setns",
            "type-at-terminal")) {
      assertEquals("EPERM", boxed.get(call), call);
    }
    for (String call : List.of("mknod", "x32")) {
      assertEquals("ENOSYS", boxed.get(call), call);
    }
    assertEquals("ESRCH", boxed.get("kill"));
    assertEquals("self", boxed.get("proc"));
    assertEquals("full null random shm urandom zero", boxed.get("dev"));
    Set<String> names = new HashSet<>(List.of(boxed.get("environment").split(" ")));
    assertFalse(names.contains("A") || names.contains("PATH"), names::toString);
  }

  /** The same outside: what fails in the box fails for the box. */
  private void assertFree(Map<String, String> free) {
    List<String> done =
        new ArrayList<>(
            List.of(
                "open-file-of-the-person",
                "open-passwd",
                "run-shell",
                "tcp",
                "udp",
                "unix",
                "netlink",
                "kill",
                "clone-user",
                "unshare-user",
                "add-key"));
    if (!account.ordinary() && Account.isRoot()) {
      done.addAll(
          List.of("open-shadow", "write-root", "packet", "ptrace", "read-memory", "chroot"));
      assertEquals("19", free.get("mount"));
      assertEquals("17", free.get("mknod"));
    }
    for (String what : done) {
      assertEquals("done", free.get(what), () -> what + " outside: " + free);
    }
    assertTrue(free.get("proc").split(" ").length > 10, free.get("proc"));
    assertTrue(List.of(free.get("environment").split(" ")).contains("MARK"));
  }

  // ---- the app in it

  @Test
  void theReportSaysThatItHolds() {
    RunningApp app = APPS.start(bare().driven());
    JsonNode report = ready(app).evaluate(REPORT);
    assertTrue(report.path("rendererSandbox").path("active").asBoolean(), report::toString);
    assertTrue(report.path("otherProcesses").path(GRAPHICS).asBoolean(), report::toString);
    assertTrue(report.path("otherProcesses").path(NETWORK).asBoolean(), report::toString);
    report.path("otherProcesses").forEach(held -> assertTrue(held.asBoolean(), report::toString));
    assertEquals(List.of(), app.lines(RunningApp.Source.ERR));
  }

  @Test
  void startsWhereASandboxIsRequired() throws IOException {
    RunningApp app = APPS.start(required().driven());
    ready(app);
  }

  private RunningApp.Start required() throws IOException {
    Path copy = folder.resolve("required");
    Layout.copyTree(Apps.named("bare"), copy);
    Path ini = copy.resolve("socket.ini");
    Files.writeString(ini, Files.readString(ini) + "\nrequire_sandbox = true\n");
    account.own(folder);
    return RunningApp.Start.of(copy).as(account);
  }

  @Test
  void aKilledPageComesBackInTheSameBox() throws IOException {
    RunningApp app = APPS.start(bare().driven());
    Page page = ready(app);
    page.evaluate("globalThis.before = true");
    long renderer = helpers(app).get(RENDERER);
    app.signal("KILL", renderer);
    page.await(
        "globalThis.before === undefined && document.documentElement.dataset.ready === 'true'");
    long next = helpers(app).get(RENDERER);
    assertNotEquals(renderer, next);
    assertEquals("2", status(next).get("Seccomp"));
    assertTrue(page.evaluate(REPORT).path("rendererSandbox").path("active").asBoolean());
  }

  @Test
  void whatAPageKeepsIsThereInTheNextRun() {
    RunningApp first = APPS.start(bare().driven());
    ready(first).evaluate("localStorage.setItem('kept', 'yes')");
    first.signal("INT", first.pid());
    first.awaitExit();
    RunningApp second = APPS.start(bare().driven().in(first));
    assertEquals("yes", ready(second).evaluate("localStorage.getItem('kept')").asText());
  }

  @Test
  void killedAtOnceTheRuntimeLeavesNoProcessOfAnyBox() {
    RunningApp app = APPS.start(bare().driven());
    ready(app);
    Map<Long, String> processes = app.processes();
    assertEquals(
        3, processes.values().stream().filter(command -> command.contains("bwrap ")).count());
    app.signal("KILL", app.pid());
    assertEquals(137, app.awaitExit());
    app.await(
        () -> processes.keySet().stream().noneMatch(pid -> Files.exists(proc(pid, "cmdline"))),
        "the end of " + processes.keySet(),
        RunningApp.CHILDREN);
    app.destroy();
  }

  // ---- where there is none

  @Test
  void saysOnceThatThereIsNoneAndHowToHaveOne() {
    assumeTrue(Account.isRoot(), "only root can take bubblewrap away");
    RunningApp app = APPS.start(bare().driven().behind(Machine.without("/usr/bin/bwrap")));
    Page page = ready(app);
    List<String> said =
        app.lines(RunningApp.Source.ERR).stream()
            .filter(line -> line.contains("without a sandbox"))
            .toList();
    assertEquals(1, said.size(), app::log);
    assertTrue(said.get(0).contains("apt-get install -y bubblewrap"), said::toString);
    JsonNode report = page.evaluate(REPORT).path("rendererSandbox");
    assertFalse(report.path("active").asBoolean());
    assertTrue(report.path("detail").asText().contains("rights of this user"), report::toString);
  }

  @Test
  void saysThatTheKernelRefusesUserNamespaces() {
    assumeTrue(Account.isRoot() && !account.ordinary(), "only root's own machine can be changed");
    RunningApp app = APPS.start(bare().driven().behind(Machine.withoutUserNamespaces()));
    Page page = ready(app);
    app.awaitLine("the app's pages run without a sandbox: bwrap: ");
    app.awaitLine("sysctl user.max_user_namespaces=15000");
    assertFalse(page.evaluate(REPORT).path("rendererSandbox").path("active").asBoolean());
  }

  @Test
  void doesNotStartWithoutTheOneThatIsRequired() throws IOException {
    assumeTrue(Account.isRoot(), "only root can take bubblewrap away");
    RunningApp app = APPS.start(required().behind(Machine.without("/usr/bin/bwrap")));
    assertEquals(1, app.awaitExit());
    app.awaitLine("require_sandbox = true, and there is no sandbox for the app's pages");
    app.awaitLine("apt-get install -y bubblewrap");
    assertFalse(app.log().contains("\tat "), app::log);
    app.proveNothingLeft();
  }

  // ---- where there was one in the last start

  /** What bubblewrap says where the kernel refuses user namespaces. */
  private static final String REFUSED = "bwrap: No permissions to create new namespace";

  /** Bubblewrap, until it is told to open no box any more: not the empty one, and no helper's. */
  private final class FickleBubblewrap {
    private final Path refusal = folder.resolve("refusal");
    private final Path tried = folder.resolve("tried");

    RunningApp.Start before(RunningApp.Start start) throws IOException {
      Path programs = Files.createDirectory(folder.resolve("programs"));
      Path bwrap = programs.resolve("bwrap");
      Files.writeString(
          bwrap,
          """
          #!/bin/sh
          case "$*" in *' /run/probe -c :') echo tried >>'TRIED' ;; esac
          [ ! -e 'REFUSAL' ] || { echo 'REFUSED' >&2; exit 1; }
          exec 'BUBBLEWRAP' "$@"
          """
              .replace("TRIED", tried.toString())
              .replace("REFUSAL", refusal.toString())
              .replace("REFUSED", REFUSED)
              .replace("BUBBLEWRAP", ProcessStarter.find("bwrap").orElseThrow().toString()));
      Files.setPosixFilePermissions(bwrap, PosixFilePermissions.fromString("r-xr-xr-x"));
      Files.createFile(tried);
      account.own(folder);
      return start.variable("PATH", programs + ":" + System.getenv("PATH"));
    }

    void refuse() throws IOException {
      Files.createFile(refusal);
      account.own(folder);
    }

    /** How many empty boxes have been asked of it. */
    int tries() throws IOException {
      return Files.readAllLines(tried).size();
    }
  }

  /** A start whose pages are in a box; it has ended. */
  private RunningApp boxed(RunningApp.Start start) {
    RunningApp app = APPS.start(start);
    JsonNode report = ready(app).evaluate(REPORT);
    assertTrue(report.path("rendererSandbox").path("active").asBoolean(), report::toString);
    end(app);
    assertEquals(List.of(), app.lines(RunningApp.Source.ERR));
    return app;
  }

  private static void end(RunningApp app) {
    app.signal("INT", app.pid());
    assertEquals(130, app.awaitExit());
    app.proveNothingLeft();
  }

  @Test
  void isTriedAnewInEachStart() throws IOException {
    FickleBubblewrap bubblewrap = new FickleBubblewrap();
    RunningApp.Start start = bubblewrap.before(required().driven());
    RunningApp first = boxed(start);
    boxed(start.in(first));
    assertEquals(2, bubblewrap.tries());
  }

  @Test
  void opensWithoutTheOneThatWorksNoMoreAndSaysSoOnce() throws IOException {
    FickleBubblewrap bubblewrap = new FickleBubblewrap();
    RunningApp.Start start = bubblewrap.before(bare().driven());
    RunningApp first = boxed(start);
    bubblewrap.refuse();
    RunningApp second = APPS.start(start.in(first));
    JsonNode report = ready(second).evaluate(REPORT).path("rendererSandbox");
    assertFalse(report.path("active").asBoolean(), report::toString);
    assertTrue(report.path("detail").asText().contains("rights of this user"), report::toString);
    end(second);
    List<String> said = second.lines(RunningApp.Source.ERR);
    assertEquals(1, said.size(), second::log);
    assertTrue(said.get(0).contains("pages run without a sandbox: " + REFUSED), second::log);
    assertTrue(said.get(0).contains("To have one: "), second::log);
  }

  @Test
  void doesNotStartWhenTheRequiredOneWorksNoMore() throws IOException {
    FickleBubblewrap bubblewrap = new FickleBubblewrap();
    RunningApp.Start start = bubblewrap.before(required().driven());
    RunningApp first = boxed(start);
    bubblewrap.refuse();
    RunningApp second = APPS.start(start.in(first));
    assertEquals(1, second.awaitExit());
    second.proveNothingLeft();
    List<String> said = second.lines(RunningApp.Source.ERR);
    assertEquals(1, said.size(), second::log);
    assertTrue(
        said.get(0)
            .contains(
                "require_sandbox = true, and there is no sandbox for the app's pages: " + REFUSED),
        second::log);
  }
}
