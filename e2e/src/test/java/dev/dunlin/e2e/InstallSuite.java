package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.scheduler.Clock;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.ParentDeath;
import dev.dunlin.scheduler.process.ProcessStarter;
import dev.dunlin.shell.engine.EngineFitting;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Packages, installed by apt in a Debian that debootstrap makes, used as an ordinary user and
 * removed. Without root, debootstrap or a mirror of Debian it is skipped, and says so.
 */
class InstallSuite {
  private static final String TITLE = "Dunlin tour";
  private static final String USER = "ann";
  private static final String LIBCEF = "libcef.so";
  private static final String NOTE = "written in an installed app";

  /** Where in the window's content the note is. */
  private static final int NOTE_X = 470;

  private static final int NOTE_Y = 300;

  /** All files but those of the package manager, of people, and of the kernel. */
  private static final String FILES =
      "find / -xdev \\( -type f -o -type l \\) | grep -vE '^/(proc|sys|tmp|home|root|dev|run)/|^/var/(cache|log|lib/(apt|dpkg))/' | sort";

  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofMillis(100);

  /** Longer than the app waits before it saves what is typed. */
  private static final Duration TO_SAVE = Duration.ofSeconds(2);

  private static final Clock CLOCK = new SystemClock();

  private static Path folder;
  private static Path debian;
  private static Path packages;
  private static Desktop desktop;

  @BeforeAll
  static void makeDebian() throws IOException {
    Optional<String> obstacle = obstacle();
    obstacle.ifPresent(why -> System.out.println("install: skipped, as " + why));
    Assumptions.assumeTrue(obstacle.isEmpty(), () -> "nothing installed here: " + obstacle.get());
    folder = Files.createTempDirectory("dunlin-install-");
    debian = folder.resolve("debian");
    packages = Files.createDirectory(folder.resolve("packages"));
    build("--target", "deb", Layout.of(Account.self()).home() + "/templates/vanilla");
    build("--target", "deb", "--thin", Layout.of(Account.self()).home() + "/templates/vanilla");
    build("--target", "runtime", "--target", "sdk", "--target", "runtime-rpm");
    build("--target", "rpm", "--thin", Layout.of(Account.self()).home() + "/templates/vanilla");
    Optional<String> fault = bootstrap();
    fault.ifPresent(why -> System.out.println("install: skipped, as " + why));
    Assumptions.assumeTrue(fault.isEmpty(), () -> "nothing installed here: " + fault.get());
    // No services are started in there, and the packages are at hand.
    Path policy =
        Files.writeString(debian.resolve("usr/sbin/policy-rc.d"), "#!/bin/sh\nexit 101\n");
    assertTrue(policy.toFile().setExecutable(true, false));
    try (Stream<Path> made = Files.list(packages)) {
      for (Path file : made.filter(Files::isRegularFile).toList()) {
        Files.copy(file, debian.resolve("root").resolve(file.getFileName()));
      }
    }
    inside("useradd --create-home " + USER);
    desktop = Desktop.start();
    await(desktop::isManaged, "the window manager");
    Path key = debian.resolve("home").resolve(USER).resolve("key");
    Files.copy(Path.of(desktop.authority()), key, StandardCopyOption.REPLACE_EXISTING);
    inside("chown " + USER + " /home/" + USER + "/key");
  }

  @AfterAll
  static void remove() throws IOException {
    if (desktop != null) {
      desktop.close();
    }
    if (folder != null) {
      Layout.deleteTree(folder);
    }
  }

  @Test
  void aPackageWithItsRuntimeIsInstalledUsedAndRemovedWithoutATrace() throws IOException {
    install("libgtk-3-0", "hicolor-icon-theme");
    List<String> before = inside(FILES);
    install("/root/dunlin-tour_1.0.0_*64.deb");
    assertEquals(
        List.of(), inside("ls /opt/dunlin-tour/runtime/lib/dunlin.jsa >/dev/null || echo none"));
    use();
    inside("apt-get purge -y -q --auto-remove dunlin-tour");
    assertEquals(before, without(inside(FILES), before));
  }

  @Test
  void aThinPackageRunsOnTheSharedRuntime() throws IOException {
    List<String> before = inside(FILES);
    install("/root/dunlin-runtime-*.deb", "/root/dunlin-tour_1.0.0_all.deb");
    use();
    inside("apt-get purge -y -q --auto-remove dunlin-tour 'dunlin-runtime-*'");
    assertEquals(List.of(), inside(FILES + " | grep -i dunlin || true"));
    assertTrue(Files.size(packages.resolve("dunlin-tour_1.0.0_all.deb")) <= 100_000);
    assertEquals(before, without(inside(FILES), before));
  }

  /** No Fedora is at hand: rpm is, whose own list of what is installed is empty in a Debian. */
  @Test
  void packagesOfRpmAreInstalledUsedAndRemovedWithoutATrace() throws IOException {
    install("rpm", "/root/dunlin-runtime-*.deb");
    inside("apt-get purge -y -q 'dunlin-runtime-*'");
    List<String> before = inside(FILES);
    String folders = "find /opt /usr -xdev -type d -iname '*dunlin*'";
    List<String> needs = inside("rpm -qp --requires /root/dunlin-tour-*.noarch.rpm");
    assertTrue(needs.toString().contains("dunlin-runtime-0 >= "), needs::toString);
    inside("rpm -i --nodeps /root/dunlin-runtime-*.rpm /root/dunlin-tour-*.rpm");
    use();
    inside("rpm -V --nodeps dunlin-tour");
    inside("rpm -e dunlin-tour dunlin-runtime-0");
    assertEquals(before, without(inside(FILES), before));
    assertEquals(List.of(), inside(folders));
    inside("apt-get purge -y -q --auto-remove rpm");
  }

  @Test
  void theSdkAloneMakesAPackageWithoutJavaOrMaven() throws IOException {
    install("/root/dunlin-runtime-*.deb", "/root/dunlin-sdk_*.deb");
    assertEquals(List.of(), inside("command -v java mvn || true"));
    List<String> said =
        asUser(
            "cp -r /usr/lib/dunlin/sdk-*/templates/vanilla ~/app && cd ~/app && dunlin build --thin && dpkg-deb --contents build/*.deb");
    assertTrue(said.toString().contains("usr/share/dunlin-tour/app/socket.ini"), said::toString);
    // The installed runtime is fitted to this system: what its apps bring to others is not.
    asUser("cd ~/app && dunlin build --target app-image");
    Path shipped = debian.resolve("home/" + USER + "/app/build/dunlin-tour-1.0.0/runtime/engine");
    Path installed = installedEngine();
    Path plain = Files.createDirectory(folder.resolve("engine"));
    Files.copy(installed.resolve(LIBCEF), plain.resolve(LIBCEF));
    EngineFitting.undoEngine(plain);
    assertEquals(-1, Files.mismatch(plain.resolve(LIBCEF), shipped.resolve(LIBCEF)));
    assertNotEquals(-1, Files.mismatch(installed.resolve(LIBCEF), shipped.resolve(LIBCEF)));
    inside("apt-get purge -y -q --auto-remove dunlin-sdk 'dunlin-runtime-*'");
    assertEquals(List.of(), inside(FILES + " | grep -i dunlin || true"));
  }

  /** What the guide tells a newcomer to do, who has the SDK and no compiler of any kind. */
  @Test
  void theSdkAloneMakesAnAppRunsItTestsItAndOpensTheDocumentation() throws IOException {
    install("/root/dunlin-runtime-*.deb", "/root/dunlin-sdk_*.deb", "xvfb");
    assertEquals(List.of(), inside("command -v java mvn node npm || true"));
    String made = asUser("dunlin init ~/first --title 'First one'").toString();
    assertTrue(made.contains("dunlin run /home/" + USER + "/first"), made);
    String tested = asUser("cd ~/first && dunlin test --junit ~/results.xml").toString();
    assertTrue(tested.contains("# ok") && !tested.contains("not ok"), tested);
    assertTrue(
        Files.readString(debian.resolve("home/" + USER + "/results.xml"))
            .contains("failures=\"0\""));
    for (String shown : List.of("run ~/first", "docs")) {
      asUser("rm -f ~/seen.png; dunlin " + shown + " --screenshot ~/seen.png");
      assertTrue(Files.size(debian.resolve("home/" + USER + "/seen.png")) > 20_000, shown);
    }
    // A template of a framework says what it wants instead of a half-made app.
    Outcome react =
        outcome(
            chroot(
                "--userspec=" + USER,
                "dunlin init ~/second --template react >/dev/null && cd ~/second && dunlin build --thin"));
    assertEquals(1, react.code(), react.lines()::toString);
    assertTrue(react.lines().toString().contains("npm"), react.lines()::toString);
    inside("apt-get purge -y -q --auto-remove dunlin-sdk 'dunlin-runtime-*' xvfb");
    assertEquals(List.of(), inside(FILES + " | grep -i dunlin || true"));
  }

  private static Path installedEngine() throws IOException {
    try (Stream<Path> runtimes = Files.list(debian.resolve("usr/lib/dunlin"))) {
      return runtimes
          .map(runtime -> runtime.resolve("engine"))
          .filter(Files::isDirectory)
          .findFirst()
          .orElseThrow();
    }
  }

  // ---- using it ----

  /** Starts the app, writes a note with the keys, closes the window, and finds the note. */
  private static void use() throws IOException {
    Path note = debian.resolve("home/" + USER + "/.local/share/dev.dunlin.tour/note.txt");
    Files.deleteIfExists(note);
    ChildProcess app =
        start(
            chroot(
                "--userspec=" + USER,
                "DISPLAY=" + desktop.name() + " XAUTHORITY=$HOME/key exec dunlin-tour"));
    try {
      await(() -> desktop.window(TITLE).filter(Desktop.Seen::isViewable).isPresent(), "the window");
      Desktop.Seen window = desktop.window(TITLE).orElseThrow();
      Desktop.Area area = window.area();
      await(() -> window.colour() != 0, "the page");
      await(
          () -> {
            // The page takes keys some time after it is seen.
            desktop.click(area.x() + NOTE_X, area.y() + NOTE_Y);
            desktop.type(NOTE);
            return within(TO_SAVE, () -> text(note).contains(NOTE));
          },
          "the note");
      assertTrue(
          inside("cat /proc/$(pgrep -u " + USER + " -f 'jcef_helper --type=renderer')/status")
              .contains("Seccomp:\t2"),
          "the installed app has no sandbox");
      window.pressClose();
      await(() -> !app.isAlive(), "the end");
      assertEquals(0, join(app.exit()));
      // Chromium's children end when they see that their parent has.
      await(() -> processes().isEmpty(), "the end of its children");
    } finally {
      app.killTree();
    }
  }

  private static List<String> processes() {
    try {
      return inside("ps -u " + USER + " -o comm= || true");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      return "";
    }
  }

  // ---- making and entering the other Debian ----

  private static Optional<String> obstacle() {
    if (!Account.isRoot()) {
      return Optional.of("only root may install packages");
    }
    for (String tool : List.of("debootstrap", "dpkg-shlibdeps", "rpmbuild", "xz", "unshare")) {
      if (ProcessStarter.find(tool).isEmpty()) {
        return Optional.of("there is no " + tool + " (./dunlin test installs it)");
      }
    }
    return Optional.empty();
  }

  private static Optional<String> bootstrap() throws IOException {
    Outcome outcome =
        outcome(
            List.of(
                "sh",
                "-c",
                ". /etc/os-release && exec debootstrap --variant=minbase --include=ca-certificates,procps \"$VERSION_CODENAME\" \"$1\"",
                "sh",
                debian.toString()));
    return outcome.code() == 0
        ? Optional.empty()
        : Optional.of("debootstrap says " + outcome.lines().get(outcome.lines().size() - 1));
  }

  private static void build(String... words) throws IOException {
    Layout layout = Layout.of(Account.self());
    Path jar;
    try (Stream<Path> jars = Files.list(layout.home().resolve("installers/target"))) {
      jar =
          jars.filter(file -> file.getFileName().toString().matches("dunlin-installers-[0-9.]+jar"))
              .findFirst()
              .orElseThrow();
    }
    List<String> argv =
        new ArrayList<>(
            List.of(
                Layout.jdk().resolve("bin/java").toString(),
                "-Ddunlin.home=" + layout.home(),
                "-Ddunlin.engine=" + layout.engine(),
                "-cp",
                layout.dist() + "/lib/*:" + jar,
                "dev.dunlin.installers.Main",
                "build",
                "--fast",
                "--output",
                packages.toString()));
    argv.addAll(List.of(words));
    Outcome outcome = outcome(argv);
    assertEquals(0, outcome.code(), outcome.lines()::toString);
  }

  private static void install(String... names) throws IOException {
    inside(
        "export DEBIAN_FRONTEND=noninteractive; apt-get install -y -q --no-install-recommends "
            + String.join(" ", names));
  }

  private static List<String> inside(String script) throws IOException {
    return successful(chroot("--userspec=root", script));
  }

  private static List<String> asUser(String script) throws IOException {
    return successful(chroot("--userspec=" + USER, script));
  }

  private static List<String> successful(List<String> argv) throws IOException {
    Outcome outcome = outcome(argv);
    assertEquals(0, outcome.code(), outcome.lines()::toString);
    return outcome.lines();
  }

  /**
   * In a mount name space of its own, so that nothing stays mounted; and with the folder as its
   * root, since who is in a chroot may make no user namespace.
   */
  private static List<String> chroot(String user, String script) {
    String home = user.endsWith("root") ? "/root" : "/home/" + USER;
    return List.of(
        "unshare",
        "-m",
        "sh",
        "-c",
        "mkdir -p \"$1/dev/shm\""
            + " && mount --bind \"$1\" \"$1\" && mount -t proc proc \"$1/proc\" && mount -t tmpfs -o mode=1777 shm \"$1/dev/shm\""
            + " && cd \"$1\" && pivot_root . mnt && umount -l /mnt"
            + " && exec chroot \"$2\" / env -i HOME=\"$3\" PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 sh -c \"$4\"",
        "sh",
        debian.toString(),
        user,
        home,
        script);
  }

  private record Outcome(int code, List<String> lines) {}

  private static Outcome outcome(List<String> argv) throws IOException {
    List<String> merged = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" 2>&1", "sh"));
    merged.addAll(argv);
    ChildProcess child = start(merged);
    String said = new String(child.stdout().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(join(child.exit()), said.lines().toList());
  }

  private static ChildProcess start(List<String> argv) {
    return join(
        ProcessStarter.get()
            .start(
                ProcessSpec.of(argv.toArray(String[]::new))
                    .withParentDeath(ParentDeath.DIE_WITH_GROUP)));
  }

  private static <T> T join(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }

  /** What was there before and is there still, with what is new: caches of other packages aside. */
  private static List<String> without(List<String> now, List<String> before) {
    return now.stream()
        .filter(file -> before.contains(file) || file.toLowerCase().contains("dunlin"))
        .toList();
  }

  private static void await(BooleanSupplier condition, String what) {
    assertTrue(within(LONGEST, condition), () -> "waited in vain for " + what);
  }

  private static boolean within(Duration time, BooleanSupplier condition) {
    Duration end = CLOCK.now().plus(time);
    while (!condition.getAsBoolean()) {
      if (CLOCK.now().compareTo(end) >= 0) {
        return false;
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
    return true;
  }
}
