package dev.dunlin.shell.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.shell.cli.RunOptions.DevServer;
import dev.dunlin.shell.cli.RunOptions.Flag;
import dev.dunlin.shell.config.ConfigException;
import dev.dunlin.shell.host.Display;
import dev.dunlin.shell.host.HostException;
import dev.dunlin.shell.host.Os;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DunlinCommandTest {
  private static final String APP =
      "[build]\nname = demo\n[meta]\nbundle_identifier = com.example.demo\n";

  @TempDir Path here;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<RunOptions> runs = new ArrayList<>();
  private Display.Source displays = headless -> Display.existing(":1");
  private boolean terminal = true;
  private Map<String, String> environment = Map.of("PATH", System.getenv("PATH"));
  private Launcher launcher =
      options -> {
        runs.add(options);
        return 0;
      };

  @BeforeEach
  void makeApp() throws IOException {
    Files.createDirectories(here.resolve("app"));
    Files.writeString(here.resolve("app/socket.ini"), APP);
  }

  private int dunlin(String... words) {
    Shell shell =
        new Shell(
            headless -> displays.open(headless),
            () -> terminal,
            here,
            Optional.of(here.resolve("home")),
            here.resolve("tmp"),
            environment,
            here.resolve("engine"));
    return new DunlinCommand(
            options -> launcher.run(options),
            shell,
            fault -> fault instanceof HostException || fault instanceof ConfigException)
        .printingTo(new PrintWriter(out, true), new PrintWriter(err, true))
        .execute(words);
  }

  private RunOptions run(String... words) {
    assertEquals(0, dunlin(words), err.toString());
    return runs.get(runs.size() - 1);
  }

  @Test
  void helpNamesEveryCommandAndIsShownWithoutWords() {
    assertEquals(0, dunlin());
    String bare = out.toString();
    assertEquals(0, dunlin("--help"));
    assertEquals(bare + bare, out.toString());
    for (String command : List.of("run", "test", "bench", "doctor", "--version", "--help")) {
      assertTrue(bare.contains("  " + command) || bare.contains(" " + command), command);
    }
    assertTrue(bare.lines().allMatch(line -> line.length() <= 80), bare);
  }

  @Test
  void helpOfRunNamesEveryOption() {
    assertEquals(0, dunlin("run", "--help"));
    for (String option :
        List.of(
            "-H, --headless",
            "--port=PORT",
            "--host=HOST",
            "-P, --prod",
            "-t, --test=FILE",
            "--screenshot=FILE",
            "-V, --verbose",
            "-D, --debug",
            "-E, --env=KEY=VALUE",
            "[-- ARGUMENT...]")) {
      assertTrue(out.toString().contains(option), option + " is not in:\n" + out);
    }
  }

  @Test
  void versionNamesDunlinAndChromium() {
    assertEquals(0, dunlin("--version"));
    assertTrue(
        out.toString().matches("(?s)dunlin \\d+\\.\\d+\\.\\d+\\R+Chromium \\d+\\..*Java .*"),
        out.toString());
  }

  @Test
  void runTakesEveryOption() {
    RunOptions options =
        run(
            "run",
            "-P",
            "-V",
            "-D",
            "--host",
            "10.0.0.1",
            "--port=8080",
            "-E",
            "A=1",
            "-E",
            "B=x=y",
            "app",
            "--",
            "--flag",
            "two words",
            "--",
            "-H");
    assertEquals(here.resolve("app"), options.config().directory());
    assertEquals(Set.of(Flag.PRODUCTION, Flag.VERBOSE, Flag.DEBUG), options.flags());
    assertEquals(Optional.of(new DevServer("10.0.0.1", 8080)), options.devServer());
    assertEquals(Map.of("A", "1", "B", "x=y"), options.environment());
    assertEquals(List.of("--flag", "two words", "--", "-H"), options.arguments());
    assertEquals(Optional.empty(), options.screenshot());
    assertEquals(Optional.empty(), options.testFile());
  }

  @Test
  void plainRunHasNoFlagsAndTheWordsAfterTheDashesAreNotTheFolder() throws IOException {
    Files.writeString(here.resolve("socket.ini"), APP);
    RunOptions options = run("run", "--", "app");
    assertEquals(here, options.config().directory());
    assertEquals(Set.of(), options.flags());
    assertEquals(List.of("app"), options.arguments());
  }

  @Test
  void runWithoutFolderOpensTheTourUnlessTheCurrentFolderIsAnApp() throws IOException {
    Path tour = Files.createDirectories(here.resolve("home/templates/vanilla"));
    Files.writeString(tour.resolve("socket.ini"), APP);
    assertEquals(tour, run("run").config().directory());
    Files.writeString(here.resolve("socket.ini"), APP);
    assertEquals(here, run("run").config().directory());
  }

  @Test
  void testTakesItsFileOnlyAfterAnEqualsSign() {
    RunOptions options = run("run", "--test", "app");
    assertEquals(Optional.of("test/index.js"), options.testFile());
    assertEquals(here.resolve("app"), options.config().directory());
    assertEquals(Optional.of("test/index.js"), run("run", "-t", "app").testFile());
    assertEquals(Optional.of("a/b.js"), run("run", "--test=a/b.js", "app").testFile());
  }

  @Test
  void devServerHasDefaultsForHostAndPort() {
    assertEquals(
        Optional.of(new DevServer("localhost", 3000)),
        run("run", "--port", "3000", "app").devServer());
    assertEquals(
        Optional.of(new DevServer("box", 80)), run("run", "--host", "box", "app").devServer());
  }

  @Test
  void screenshotIsMadeAbsoluteAndEndsTheRun() {
    RunOptions options = run("run", "--screenshot", "a.png", "app");
    assertEquals(Optional.of(here.resolve("a.png")), options.screenshot());
    assertTrue(options.exitAfterScreenshot());
  }

  @Test
  void withoutDisplayAndTerminalItSaysSoAndEndsAfterTheFirstPaint() {
    displays = headless -> Display.substitute(":7");
    terminal = false;
    RunOptions options = run("run", "app");
    assertTrue(options.headless());
    assertTrue(options.is(Flag.SUBSTITUTE_DISPLAY));
    assertTrue(options.exitAfterScreenshot());
    Path picture = here.resolve("dunlin-screenshot.png");
    assertEquals(Optional.of(picture), options.screenshot());
    assertTrue(err.toString().contains("no display"), err.toString());
    assertTrue(err.toString().contains(picture.toString()), err.toString());
  }

  @Test
  void withoutDisplayButWithATerminalItStaysUntilCtrlC() {
    displays = headless -> Display.substitute(":7");
    RunOptions options = run("run", "app");
    assertFalse(options.exitAfterScreenshot());
    assertTrue(options.screenshot().isPresent());
    assertTrue(err.toString().contains("Ctrl-C"), err.toString());
  }

  @Test
  void withoutDisplayATestRunEndsByItsTestAndNotByAPicture() {
    displays = headless -> Display.substitute(":7");
    terminal = false;
    RunOptions options = run("run", "--test", "app");
    assertEquals(Optional.empty(), options.screenshot());
    assertFalse(options.exitAfterScreenshot());
  }

  @Test
  void headlessAskedForIsNoSubstituteAndNeedsNoPicture() {
    displays = headless -> headless ? Display.existing(":8") : Display.existing(":0");
    RunOptions options = run("run", "-H", "app");
    assertEquals(Set.of(Flag.HEADLESS), options.flags());
    assertEquals(Optional.empty(), options.screenshot());
    assertEquals("", err.toString());
  }

  @Test
  void exitCodeIsTheLaunchers() {
    launcher = options -> 42;
    assertEquals(42, dunlin("run", "app"));
  }

  @Test
  void anExpectedFaultIsOneLineAndAnUnexpectedOneHasItsTrace() {
    displays =
        headless -> {
          throw new HostException("there is no display");
        };
    assertEquals(1, dunlin("run", "app"));
    assertEquals("dunlin: there is no display" + System.lineSeparator(), err.toString());
    displays = headless -> Display.existing(":1");
    launcher =
        options -> {
          throw new IllegalStateException("boom");
        };
    assertEquals(1, dunlin("run", "app"));
    assertTrue(err.toString().contains("please report"), err.toString());
    assertTrue(err.toString().contains("\tat "), err.toString());
  }

  @Test
  void aFaultThatQuotesControlCharactersDoesNotCommandTheTerminal() {
    for (RuntimeException fault :
        List.of(
            new HostException("a\u001b[2Jb\u009b"),
            new IllegalStateException("a\u001b[2Jb\u009b"))) {
      launcher =
          options -> {
            throw fault;
          };
      assertEquals(1, dunlin("run", "app"));
    }
    assertEquals(2, dunlin("run", "--a\u001b[2Jb\u009b"));
    assertEquals(4, err.toString().split("a\\\\u001b\\[2Jb\\\\u009b", -1).length, err.toString());
    assertTrue(err.toString().chars().noneMatch(c -> c == 0x1b || c == 0x9b), err.toString());
  }

  @Test
  void aFolderWithoutSettingsIsSaidBeforeADisplayIsMade() {
    displays =
        headless -> {
          throw new AssertionError("a display was opened");
        };
    assertEquals(1, dunlin("run", "nowhere"));
    assertTrue(err.toString().startsWith("dunlin: " + here.resolve("nowhere")), err.toString());
    assertEquals(1, dunlin("run"));
    assertTrue(err.toString().contains("socket.ini: the file does not exist"), err.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run --port 0 app                 | --port is 1 to 65535",
        "run --port many app              | --port",
        "run --host http://x app          | --host is a host name",
        "run -E novalue app               | --env",
        "run -E =x app                    | --env needs a name",
        "run --screenshot none/x.png app  | its folder does not exist",
        "run app other                    | other",
        "run --headles app                | --headless",
      })
  void aWrongCommandLineIsExitCodeTwoWithTheReason(String words, String reason) {
    assertEquals(2, dunlin(words.split(" ")));
    assertTrue(err.toString().contains(reason), err.toString());
    assertTrue(err.toString().contains("--help' tells"), err.toString());
    assertEquals(List.of(), runs);
  }

  @Test
  void thePrivateTemporaryFolderOfTheScriptIsRemovedWhenNobodyUsedItOnly() throws IOException {
    Path temporary = Files.createDirectories(here.resolve("private"));
    environment = Map.of("TMPDIR", temporary + "/", "DUNLIN_USER_TMPDIR", "");
    launcher =
        options -> {
          try {
            Files.createFile(temporary.resolve("used"));
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
          return 0;
        };
    dunlin("run", "app");
    assertTrue(Files.exists(temporary));
    Files.delete(temporary.resolve("used"));
    dunlin("run", "nowhere");
    assertFalse(Files.exists(temporary));
    // Without the script's sign it is somebody else's folder.
    Files.createDirectories(temporary);
    environment = Map.of("TMPDIR", temporary + "/");
    dunlin("run", "nowhere");
    assertTrue(Files.exists(temporary));
  }

  @Test
  void anUnknownCommandIsExitCodeTwoWithTheOnesThereAre() {
    assertEquals(2, dunlin("rnu", "app"));
    assertEquals(
        "dunlin: there is no command 'rnu'; there are init, run, build, docs, keygen, sign, verify, seed, test, doctor, setup, env, print-build-dir, peer, relay, bt, simulate, operator and bench.",
        err.toString().strip());
  }

  @Test
  void simulatesANetworkAndPrintsItsFigures() {
    int code =
        dunlin(
            "simulate",
            "--peers",
            "4",
            "--seeds",
            "1-2",
            "--publications",
            "1",
            "--duration",
            "1",
            "--json");
    assertEquals(0, code, err.toString());
    assertTrue(out.toString().startsWith("{\"options\""), out.toString());
    assertTrue(out.toString().contains("\"summary\":{\"t50Ms\""), out.toString());
    assertEquals(2, dunlin("simulate", "--peers", "1"));
    assertEquals(2, dunlin("simulate", "--latency", "none"));
  }

  @Test
  void peerAndRelaySayWhatIsWrongWithTheirWords() {
    assertEquals(2, dunlin("peer"));
    assertTrue(err.toString().contains("--name"), err.toString());
    assertEquals(2, dunlin("peer", "--name", "x", "--introducers", "y"));
    assertTrue(err.toString().contains("peerId@ip:port"), err.toString());
    assertEquals(2, dunlin("relay", "--colour", "blue"));
    assertTrue(err.toString().contains("--colour"), err.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"build", "bench"})
  void buildAndBenchSayThatTheScriptDoesThem(String command) {
    assertEquals(2, dunlin(command, "start.cold"));
    assertTrue(err.toString().contains("run ./dunlin " + command), err.toString());
  }

  @Test
  void printsTheFolderOfPackagesInTheSpellingOfSsc() throws IOException {
    assertEquals(
        0, dunlin("print-build-dir", "--platform=host", "--prod", "--root", "app"), err.toString());
    Files.writeString(
        here.resolve("app/socket.ini"), APP.replace("[meta]", "output = out\n[meta]"));
    assertEquals(0, dunlin("print-build-dir", "app"), err.toString());
    assertEquals(
        List.of(here.resolve("app/build").toString(), here.resolve("app/out").toString()),
        out.toString().lines().toList());
    assertEquals(1, dunlin("print-build-dir", "nowhere"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "test", "print-build-dir", "setup"})
  void anotherPlatformIsRefusedWithTheReason(String command) {
    assertEquals(2, dunlin(command, "--platform=android"));
    assertTrue(err.toString().contains("Dunlin makes apps for desktops"), err.toString());
  }

  @Test
  void printsTheVariablesThatItReadsAndThePersonsOwnTmpdir() {
    environment =
        Map.of("JAVA_HOME", "/jdk", "TMPDIR", "/private/", "DUNLIN_USER_TMPDIR", "/mine", "X", "y");
    assertEquals(0, dunlin("env"));
    List<String> lines = out.toString().lines().toList();
    assertTrue(
        lines.containsAll(List.of("JAVA_HOME=/jdk", "TMPDIR=/mine", "DISPLAY=")), lines + "");
    assertFalse(out.toString().contains("X=y"), out.toString());
  }

  @Test
  void doctorHasALineForEachItemAndACureForEachFault() {
    int code = dunlin("doctor");
    List<String> lines = out.toString().lines().toList();
    List<String> items = new ArrayList<>(List.of("jdk", "maven", "node", "npm", "disk"));
    items.addAll(List.of("jpackage", "signing"));
    if (Os.here() == Os.LINUX) {
      items.addAll(List.of("sandbox", "dbus", "bluez", "debs", "rpms"));
    }
    for (String item : items) {
      assertTrue(
          lines.stream().anyMatch(line -> line.matches("(ok  |warn|fail)  " + item + " .*")),
          out.toString());
    }
    for (String line : lines.subList(0, lines.size() - 1)) {
      assertEquals(!line.startsWith("ok"), line.contains(" -> "), line);
    }
    assertEquals(lines.stream().anyMatch(line -> line.startsWith("fail")) ? 1 : 0, code);
  }
}
