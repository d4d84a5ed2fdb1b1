package dev.dunlin.shell.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessStarter;
import dev.dunlin.shell.Trees;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The script {@code dunlin} on a made-up machine: its PATH has plain tools of the real one and
 * tools of ours that keep a log.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class DunlinScriptTest {
  private static final List<String> PLAIN_TOOLS =
      List.of(
          "sh",
          "cat",
          "env",
          "find",
          "flock",
          "head",
          "locale",
          "mkdir",
          "mktemp",
          "readlink",
          "rm",
          "sed",
          "touch",
          "true");
  private static final String ALL_LIBRARIES =
      "libnss3 libgbm1 libasound2 libatk-bridge2.0-0 libcups2 libxkbcommon0 libxdamage1 libxcomposite1"
          + " libxrandr2 libx11-xcb1 libgtk-3-0";

  private static final String NEWER_THAN_ANY = "JAVA_VERSION=\"99\"\n";

  @TempDir Path folder;

  /** With a short path, as the kernel's sockets need it. */
  private Path runtime;

  private Path root;
  private Path bin;
  private Path jdk;
  private Path log;
  private final Map<String, String> environment = new HashMap<>();

  private record Result(int code, String out, String err) {}

  @AfterEach
  void deleteRuntime() throws IOException {
    Trees.delete(runtime);
  }

  @BeforeEach
  void makeMachine() throws IOException {
    runtime = Files.createTempDirectory(Path.of("/tmp"), "run");
    root = Files.createDirectories(folder.resolve("Dünlin's home (1)"));
    bin = Files.createDirectories(folder.resolve("bin"));
    jdk = folder.resolve("jdk 17");
    log = Files.createFile(folder.resolve("log"));
    Path sources = Path.of("").toAbsolutePath().getParent();
    Files.copy(
        sources.resolve("dunlin"), root.resolve("dunlin"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.copy(sources.resolve("pom.xml"), root.resolve("pom.xml"));
    for (String module : List.of("scheduler", "bridge", "net", "bt", "shell", "e2e")) {
      Files.createDirectories(root.resolve(module).resolve("src/main/java"));
      Files.writeString(root.resolve(module).resolve("pom.xml"), "<project/>");
    }
    Path help = root.resolve("shell/src/main/resources/dev/dunlin/shell/cli/help.txt");
    Files.createDirectories(help.getParent());
    Files.copy(Path.of("src/main/resources/dev/dunlin/shell/cli/help.txt"), help);
    Path temporary = root.resolve("shell/src/main/resources/dev/dunlin/shell/private-tmp.sh");
    Files.copy(Path.of("src/main/resources/dev/dunlin/shell/private-tmp.sh"), temporary);
    for (String name : PLAIN_TOOLS) {
      program(bin.resolve(name), "exec '" + ProcessStarter.find(name).orElseThrow() + "' \"$@\"");
    }

    Files.writeString(folder.resolve("packages"), ALL_LIBRARIES + " ");
    tool("id", "echo 1000");
    tool("node", "echo v18.19.0");
    tool("npm", "echo 9.2.0");
    tool("Xvfb", ":");
    tool("jwm", ":");
    tool("openbox", ":");
    tool("ibus-daemon", ":");
    tool("bwrap", ":");
    tool("dbus-daemon", ":");
    tool("xz", ":");
    tool("dpkg-shlibdeps", ":");
    tool("debootstrap", ":");
    tool("rpmbuild", ":");
    tool("pdftotext", ":");
    tool("lp", ":");
    tool("pulseaudio", ":");
    tool("pactl", ":");
    tool("ip", ":");
    tool("nft", ":");
    tool("fc-list", "echo font");
    tool("apt-cache", "test \"$2\" = libasound2 || test \"$2\" = openjdk-17-jdk");
    tool("sudo", "exit 1");
    tool(
        "dpkg-query",
        "shift 3; for p; do case \" $(cat \"$FAKE/packages\") \" in *\" $p \"*) printf 'installed %s,' \"$p\" ;; esac; done");
    tool(
        "apt-get",
        """
        case $1 in install)
          for p; do case $p in -*|install|Dpkg*) ;; *) printf ' %s ' "$p" >>"$FAKE/packages" ;; esac; done
        esac
        """);
    tool(
        "mvn",
        """
        case $1 in
          -v) echo 'Apache Maven 3.8.7' ;;
          *)
            case "$*" in *package*)
              d=$FAKE_ROOT/shell/target/dunlin
              mkdir -p "$d/lib" "$d/natives"
              touch "$d/java.args" "$d/java-24.args" "$d/lib/a.jar" "$d/natives/jcef-natives-linux-amd64-v1+x.jar"
              mkdir -p "$FAKE_ROOT/e2e/target"
              printf '%s' 'one.jar:two words.jar' >"$FAKE_ROOT/e2e/target/classpath.txt"
            esac
        esac
        """);
    program(jdk.resolve("bin/javac"), ":");
    program(
        jdk.resolve("bin/java"),
        // No archive of classes comes of it, which a start has to do without.
        "case $* in *-Xshare:dump* | *shell.ClassList*) exit 1 ;; esac\n"
            + "{ printf 'java'; printf '|%s' \"$@\"; printf '\\n'; printf 'TMPDIR=%s\\nUSER=%s\\nLC_ALL=%s\\n' \"$TMPDIR\""
            + " \"$DUNLIN_USER_TMPDIR\" \"${LC_ALL-}\"; } >>\"$FAKE/log\"; echo $$ >\"$FAKE/pid\"; exit 42");
    Files.createDirectories(jdk.resolve("lib"));
    Files.createFile(jdk.resolve("lib/libawt_xawt.so"));
    Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"17.0.1\"\n");

    environment.put("PATH", bin.toString());
    environment.put("HOME", folder.resolve("user").toString());
    environment.put("JAVA_HOME", jdk.toString());
    environment.put("FAKE", folder.toString());
    environment.put("FAKE_ROOT", root.toString());
    environment.put("XDG_RUNTIME_DIR", runtime.toString());
    environment.put("DISPLAY", ":1");
    environment.put("LC_ALL", "C.UTF-8");
  }

  private void tool(String name, String body) throws IOException {
    Files.deleteIfExists(bin.resolve(name));
    program(bin.resolve(name), "printf '%s\\n' \"" + name + " $*\" >>\"$FAKE/log\"\n" + body);
  }

  private static void program(Path file, String body) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void lose(String... packages) throws IOException {
    String have = Files.readString(folder.resolve("packages"));
    for (String name : packages) {
      have = have.replaceFirst("(^| )" + java.util.regex.Pattern.quote(name) + "(?= |\n|$)", "");
    }
    Files.writeString(folder.resolve("packages"), have);
  }

  private Result dunlin(String... words) throws Exception {
    return start(root.resolve("dunlin"), words);
  }

  private Result start(Path script, String... words) throws Exception {
    return end(begin(script, words));
  }

  private ChildProcess begin(Path script, String... words) throws Exception {
    List<String> argv = new ArrayList<>(List.of(script.toString()));
    argv.addAll(List.of(words));
    return ProcessStarter.get()
        .start(
            ProcessSpec.of(argv.toArray(String[]::new))
                .withEnvironment(environment)
                .withDirectory(folder))
        .toCompletionStage()
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
  }

  private static Result end(ChildProcess child) throws Exception {
    List<String> err = new java.util.concurrent.CopyOnWriteArrayList<>();
    var end = ChildProcess.readLines("err", child.stderr(), 10_000, line -> err.add(line.text()));
    String out = new String(child.stdout().readAllBytes(), StandardCharsets.UTF_8);
    end.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    int code = child.exit().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    return new Result(code, out, String.join("\n", err));
  }

  private List<String> log(String program) throws IOException {
    try (Stream<String> lines = Files.lines(log)) {
      return lines.filter(line -> line.startsWith(program)).toList();
    }
  }

  private void forget() throws IOException {
    Files.writeString(log, "");
  }

  @Test
  void runBuildsThenStartsJavaWithEveryWordAsItIs() throws Exception {
    Result result = dunlin("run", "my app", "--", "a*", "", "ü");
    assertEquals(42, result.code(), result.err());
    assertTrue(
        log("mvn -B").get(0).endsWith("-q -DskipTests package -pl shell -am"),
        log("mvn").toString());
    Path dist = root.resolve("shell/target/dunlin");
    assertEquals(
        List.of(
            "java|@"
                + dist
                + "/java.args|-Ddunlin.launched=script|-Ddunlin.home="
                + root
                + "|-cp|"
                + dist
                + "/lib/*:"
                + dist
                + "/natives/jcef-natives-linux-amd64-v1+x.jar|dev.dunlin.shell.Main|run|my app|--|a*||ü"),
        log("java"));
    assertEquals(List.of(), log("apt-get"));
  }

  @Test
  void theUnpackedEngineNeedsItsJarNoMoreAndAnArchiveIsUsed() throws Exception {
    dunlin("run");
    Files.createDirectories(folder.resolve("user/.cache/dunlin/engine/v1+x"));
    Files.createFile(root.resolve("shell/target/dunlin/dunlin.jsa"));
    forget();
    dunlin("run");
    assertTrue(
        log("java").get(0).contains("/lib/*|-XX:SharedArchiveFile=" + root + "/shell"),
        log("java").toString());
    assertFalse(log("java").get(0).contains("natives"), log("java").toString());
  }

  @Test
  void theSecondStartAsksNobodyAnything() throws Exception {
    dunlin("run");
    forget();
    assertEquals(42, dunlin("run").code());
    assertEquals(
        List.of("id", "java"),
        Files.readAllLines(log).stream()
            .map(line -> line.split("[ |=]")[0])
            .filter(name -> !List.of("TMPDIR", "USER", "LC_ALL").contains(name))
            .toList());
  }

  @Test
  void aChangedOrRemovedSourceIsBuiltAgain() throws Exception {
    Path source = root.resolve("bridge/src/main/java/A.java");
    Files.writeString(source, "class A {}");
    dunlin("run");
    forget();
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
    dunlin("run");
    assertEquals(1, log("mvn -B").size());
    Files.delete(source);
    Files.setLastModifiedTime(source.getParent(), FileTime.from(Instant.now().plusSeconds(120)));
    forget();
    dunlin("run");
    assertEquals(1, log("mvn -B").size());
  }

  @Test
  void javaGetsAPrivateTemporaryFolderWithASlashAndTheOldNameBesides() throws Exception {
    environment.put("TMPDIR", "/var/tmp");
    dunlin("run");
    String line = log("TMPDIR=").get(0);
    Path temporary = Path.of(line.substring("TMPDIR=".length()));
    assertTrue(line.startsWith("TMPDIR=" + runtime + "/dunlin-1000/"), line);
    assertTrue(line.endsWith("/"), line);
    // Java becomes what the script was: who is killed at once has said whose folder it is.
    assertTrue(
        temporary
            .getFileName()
            .toString()
            .startsWith("dunlin-" + Files.readString(folder.resolve("pid")).strip() + "-"),
        line);
    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(temporary)));
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(temporary.getParent())));
    assertEquals(List.of("USER=/var/tmp"), log("USER="));
  }

  /** Chromium ends without a word where the path of its socket is longer than the kernel takes. */
  @Test
  void aTemporaryFolderWhosePathIsTooLongForASocketIsInTmp() throws Exception {
    Path deep = Files.createDirectories(runtime.resolve("x".repeat(40)));
    environment.put("XDG_RUNTIME_DIR", deep.toString());
    dunlin("run");
    String line = log("TMPDIR=").get(0);
    assertTrue(line.startsWith("TMPDIR=/tmp/dunlin-"), line);
    Files.delete(Path.of(line.substring("TMPDIR=".length())));
  }

  @Test
  void aTemporaryFolderThatIsALinkIsNotTrusted() throws Exception {
    Path trap = Files.createDirectories(folder.resolve("trap"));
    Files.createSymbolicLink(runtime.resolve("dunlin-1000"), trap);
    dunlin("run");
    assertTrue(
        log("TMPDIR=").get(0).startsWith("TMPDIR=" + runtime + "/dunlin-"),
        log("TMPDIR=").toString());
    try (Stream<Path> files = Files.list(trap)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void anotherLocaleThanUtf8IsReplaced() throws Exception {
    environment.put("LC_ALL", "C");
    dunlin("run");
    assertEquals(List.of("LC_ALL=C.UTF-8"), log("LC_ALL="));
  }

  @Test
  void aMissingLibraryIsForAnOrdinaryUserTheExactLineAndExitCodeOne() throws Exception {
    lose("libnss3", "libasound2");
    Result result = dunlin("run");
    assertEquals(1, result.code());
    assertTrue(
        result
            .err()
            .endsWith(
                "\n  sudo apt-get update && sudo apt-get install -y --no-install-recommends libnss3 libasound2"),
        result.err());
    assertEquals(List.of(), log("apt-get"));
    assertEquals(List.of(), log("java"));
    assertEquals(List.of(), log("mvn -B"));
  }

  @Test
  void aMissingLibraryHasItsNewNameWhereThatIsTheName() throws Exception {
    lose("libgtk-3-0", "libcups2", "libgbm1");
    tool("apt-cache", "exit 0");
    Result result = dunlin("run");
    assertEquals(1, result.code());
    assertTrue(result.err().endsWith(" libgbm1 libcups2t64 libgtk-3-0t64"), result.err());
  }

  @Test
  void aLibraryOfTheNewNameIsTheSameLibrary() throws Exception {
    lose("libasound2");
    Files.writeString(
        folder.resolve("packages"),
        Files.readString(folder.resolve("packages")).strip() + " libasound2t64 ");
    assertEquals(42, dunlin("run").code());
  }

  @Test
  void rootInstallsWhatIsMissingAfterOneUpdate() throws Exception {
    tool("id", "echo 0");
    lose("libnss3", "libgbm1");
    Result result = dunlin("run");
    assertEquals(42, result.code(), result.err());
    List<String> calls = log("apt-get");
    assertEquals(2, calls.size(), calls.toString());
    assertEquals("apt-get update -q", calls.get(0));
    assertTrue(calls.get(1).endsWith("--no-install-recommends libnss3 libgbm1"), calls.toString());
    assertTrue(
        result.err().contains("installing them (apt-get install): libnss3 libgbm1"), result.err());
    assertEquals(List.of(), log("sudo"));
  }

  @Test
  void aUserWithPasswordlessSudoInstallsThroughIt() throws Exception {
    tool("sudo", "shift; exec \"$@\"");
    lose("libnss3");
    assertEquals(42, dunlin("run").code());
    assertTrue(log("sudo").get(0).equals("sudo -n true"), log("sudo").toString());
    assertEquals(2, log("apt-get").size());
  }

  @Test
  void whatIsStillMissingAfterTheInstallIsSaidAndNothingStarts() throws Exception {
    tool("id", "echo 0");
    tool("apt-get", ":");
    lose("libnss3");
    Result result = dunlin("run");
    assertEquals(1, result.code());
    assertTrue(result.err().contains("still missing after the install: libnss3"), result.err());
    assertEquals(List.of(), log("java"));
  }

  @Test
  void aFailedInstallStops() throws Exception {
    tool("id", "echo 0");
    tool("apt-get", "test \"$1\" = update");
    lose("libnss3");
    Result result = dunlin("run");
    assertEquals(1, result.code());
    assertTrue(result.err().contains("could not install libnss3"), result.err());
  }

  @Test
  void xvfbIsNeededOnlyWhereADisplayIsMissingOrNotWanted() throws Exception {
    Files.delete(bin.resolve("Xvfb"));
    assertEquals(42, dunlin("run").code());
    for (List<String> words :
        List.of(List.of("run", "-H"), List.of("run", "x", "--headless"), List.of("test"))) {
      Result result = dunlin(words.toArray(String[]::new));
      assertEquals(1, result.code());
      assertTrue(result.err().endsWith(" xvfb"), result.err());
    }
    assertEquals(42, dunlin("run", "--", "-H").code());
    environment.remove("DISPLAY");
    assertEquals(1, dunlin("run").code());
  }

  @Test
  void theWindowManagerIsNeededByTheTestsOnly() throws Exception {
    Files.delete(bin.resolve("jwm"));
    assertEquals(42, dunlin("run").code());
    Result result = dunlin("test");
    assertEquals(1, result.code());
    assertTrue(result.err().endsWith(" jwm"), result.err());
  }

  @Test
  void theToolsOfNatsAreNeededByTheTestsOfRootOnly() throws Exception {
    Files.delete(bin.resolve("ip"));
    Files.delete(bin.resolve("nft"));
    assertEquals(42, dunlin("run").code());
    dunlin("test");
    assertEquals(List.of(), log("apt-get"));
    tool("id", "echo 0");
    assertEquals(42, dunlin("run").code());
    assertEquals(List.of(), log("apt-get"));
    Result result = dunlin("test");
    assertTrue(
        result.err().contains("installing them (apt-get install): iproute2 nftables"),
        result.err());
  }

  @Test
  void whatMakesPackagesIsNeededByBuildAndTheTestsOnly() throws Exception {
    Files.delete(bin.resolve("xz"));
    Files.delete(bin.resolve("dpkg-shlibdeps"));
    assertEquals(42, dunlin("run").code());
    for (String command : List.of("build", "test")) {
      Result result = dunlin(command);
      assertEquals(1, result.code());
      assertTrue(result.err().endsWith(" xz-utils dpkg-dev"), result.err());
    }
    tool("xz", ":");
    tool("dpkg-shlibdeps", ":");
    Files.delete(bin.resolve("debootstrap"));
    Files.delete(bin.resolve("rpmbuild"));
    tool("id", "echo 0");
    Result result = dunlin("test");
    assertTrue(
        result.err().contains("installing them (apt-get install): debootstrap rpm"), result.err());
  }

  @Test
  void toolsThatAreMissingOrTooOldAreNamedWithTheirPackages() throws Exception {
    tool("node", "echo v12.22.9");
    tool("mvn", "echo 'Apache Maven 3.6.3'");
    Files.delete(bin.resolve("npm"));
    Result result = dunlin("run");
    assertEquals(1, result.code());
    assertTrue(
        result.err().contains("Maven is version 3.6.3, Dunlin needs 3.8 or later"), result.err());
    assertTrue(
        result.err().contains("Node is version v12.22.9, Dunlin needs 18 or later"), result.err());
    assertTrue(result.err().contains("there is no npm"), result.err());
    assertTrue(result.err().endsWith(" maven nodejs npm"), result.err());
  }

  @Test
  void aJavaHomeThatWillNotDoIsPassedOverAndSaid() throws Exception {
    Path old = folder.resolve("old");
    program(old.resolve("bin/java"), "exit 9");
    program(old.resolve("bin/javac"), "exit 9");
    Files.writeString(old.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
    environment.put("JAVA_HOME", old.toString());
    Files.createSymbolicLink(bin.resolve("javac"), jdk.resolve("bin/javac"));
    Files.writeString(jdk.resolve("release"), NEWER_THAN_ANY);
    Result result = dunlin("run");
    assertEquals(42, result.code(), result.err());
    assertTrue(
        result.err().contains("passed over: it is version 11, Dunlin needs 17"), result.err());
  }

  @Test
  void anAppIsBuiltWithTheJdkOfThePathAndRunsOnTheNewest() throws Exception {
    environment.remove("JAVA_HOME");
    Files.createSymbolicLink(bin.resolve("javac"), jdk.resolve("bin/javac"));
    tool(
        "mvn",
        Files.readString(bin.resolve("mvn")) + "\necho \"built with $JAVA_HOME\" >>\"$FAKE/log\"");
    Path newest = folder.resolve("user/.sdkman/candidates/java/current");
    program(newest.resolve("bin/javac"), ":");
    program(newest.resolve("bin/java"), "echo \"newest|$*\" >>\"$FAKE/log\"");
    Files.createDirectories(newest.resolve("lib"));
    Files.createFile(newest.resolve("lib/libawt_xawt.so"));
    Files.writeString(newest.resolve("release"), NEWER_THAN_ANY);
    assertEquals(0, dunlin("run").code());
    assertEquals("built with " + jdk, log("built with").get(1));
    assertEquals(List.of(), log("java"));
    Path dist = root.resolve("shell/target/dunlin");
    assertTrue(
        log("newest")
            .get(1)
            .startsWith("newest|@" + dist + "/java.args @" + dist + "/java-24.args "),
        Files.readString(log));
    forget();
    dunlin("run");
    assertEquals(1, log("newest").size(), Files.readString(log));
  }

  @Test
  void itWorksThroughLinksAbsoluteRelativeAndChained() throws Exception {
    Path first =
        Files.createSymbolicLink(
            folder.resolve("first"), Path.of(root.getFileName().toString(), "dunlin"));
    Path second =
        Files.createSymbolicLink(
            Files.createDirectories(folder.resolve("x y")).resolve("second"), first);
    for (Path link : List.of(first, second)) {
      forget();
      Result result = start(link, "run");
      assertEquals(42, result.code(), result.err());
      assertTrue(
          log("java").get(0).contains("-Ddunlin.home=" + root + "|"), log("java").toString());
    }
  }

  @Test
  void anUnknownCommandIsExitCodeTwoBeforeAnythingElse() throws Exception {
    Result result = dunlin("rnu");
    assertEquals(2, result.code());
    assertEquals(
        "dunlin: there is no command 'rnu'; there are init, run, build, docs, keygen, sign, verify, seed, test, doctor, setup, env, print-build-dir, peer, relay, bt, simulate, operator and bench.",
        result.err());
    assertEquals("", Files.readString(log));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-h", "--help"})
  void helpAndVersionNeedNothing(String word) throws Exception {
    Result result = word.isEmpty() ? dunlin() : dunlin(word);
    assertEquals(0, result.code());
    assertTrue(result.out().startsWith("Dunlin runs web apps"), result.out());
    assertTrue(dunlin("--version").out().matches("dunlin [0-9.]+\n"));
    assertEquals("", Files.readString(log));
  }

  @Test
  void testPassesItsWordsToMaven() throws Exception {
    assertEquals(0, dunlin("test", "-pl", "scheduler").code());
    assertEquals(List.of("mvn -B verify -Ddunlin.java=" + jdk + " -pl scheduler"), log("mvn -B"));
  }

  @Test
  void theNightsTestsEndWithTheirReportAndTheResultOfMaven() throws Exception {
    for (String name :
        List.of("qemu-system-x86_64", "socat", "bluetoothctl", "btvirt", "busctl", "depmod")) {
      tool(name, ":");
    }
    Result early = dunlin("test", "--nightly");
    assertTrue(early.err().contains("there is no report"), early.err());
    Path classes = root.resolve("e2e/target/classpath.txt");
    Files.createDirectories(classes.getParent());
    Files.writeString(classes, "the-class-path");
    forget();
    // The made-up Java ends with 42: the report could not be written.
    assertEquals(42, dunlin("test", "--nightly", "-pl", "fuzz").code());
    assertEquals(
        List.of("mvn -B verify -Ddunlin.java=" + jdk + " -Pnightly -fae -pl fuzz"), log("mvn -B"));
    assertTrue(
        log("java").get(0).endsWith("|dev.dunlin.e2e.NightlyReport|" + root),
        log("java").toString());
  }

  private void makeApp(Path app) throws IOException {
    Files.writeString(Files.createDirectories(app).resolve("socket.ini"), "");
  }

  @Test
  void testOfAnAppIsJavasWhereverTheAppIsNamed() throws Exception {
    makeApp(folder.resolve("my app"));
    for (List<String> words :
        List.of(
            List.of("test", "my app"),
            List.of("test", "--verbose", "my app"),
            List.of("test", "--watch"),
            List.of("test", "--junit=a.xml"),
            List.of("test", "--help"))) {
      forget();
      assertEquals(42, dunlin(words.toArray(String[]::new)).code(), words.toString());
      assertTrue(
          log("java").get(0).endsWith("|dev.dunlin.shell.Main|" + String.join("|", words)),
          log("java").toString());
      assertEquals(List.of(), log("mvn -B verify"));
    }
    makeApp(folder);
    forget();
    assertEquals(42, dunlin("test").code());
    assertTrue(log("java").get(0).endsWith("|dev.dunlin.shell.Main|test"), log("java").toString());
  }

  @Test
  void testWithoutAnAppIsTheGateWithItsWordsForMaven() throws Exception {
    makeApp(folder.resolve("module"));
    for (List<String> words :
        List.of(
            List.of("test"),
            List.of("test", "-pl", "module"),
            List.of("test", "-q", "-Dit.test=A", "nowhere"))) {
      forget();
      assertEquals(0, dunlin(words.toArray(String[]::new)).code());
      assertTrue(log("mvn -B").get(0).startsWith("mvn -B verify"), log("mvn").toString());
      assertEquals(List.of(), log("java|"));
    }
  }

  @Test
  void setupInstallsWhatIsMissing() throws Exception {
    tool("id", "echo 0");
    lose("libnss3");
    assertEquals(42, dunlin("setup", "-y", "--platform=host").code());
    assertEquals(2, log("apt-get").size(), Files.readString(log));
    assertTrue(log("java").get(0).endsWith("Main|setup|-y|--platform=host"), log("java") + "");
  }

  @Test
  void buildAndRunAsSscSaysItIsARun() throws Exception {
    assertEquals(42, dunlin("build", "my app", "-r", "-o", "--prod", "--port=1").code());
    assertTrue(
        log("java").get(0).endsWith("|dev.dunlin.shell.Main|run|my app|--prod|--port=1"),
        log("java").toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"env", "print-build-dir"})
  void whatOnlyPrintsNeedsNoDisplayAndNoLibraries(String command) throws Exception {
    dunlin("run");
    lose("libnss3");
    environment.remove("DISPLAY");
    Files.delete(bin.resolve("Xvfb"));
    forget();
    assertEquals(42, dunlin(command).code());
    assertTrue(log("java").get(0).endsWith("Main|" + command), log("java").toString());
  }

  @Test
  void benchBuildsAndStartsItsMainClass() throws Exception {
    assertEquals(42, dunlin("bench", "start.cold", "--peers").code());
    assertTrue(log("mvn -B").get(0).endsWith("package -pl e2e -am"), log("mvn").toString());
    assertEquals(
        List.of(
            "java|-Ddunlin.home="
                + root
                + "|-cp|one.jar:two words.jar|dev.dunlin.e2e.bench.Bench|start.cold|--peers"),
        log("java"));
  }

  /**
   * A Maven that says that it is at it, and goes on when it reads a line from the pipe that is
   * given.
   */
  private Path makeMavenWait() throws Exception {
    Path pipe = folder.resolve("go");
    ProcessStarter.get()
        .start(ProcessSpec.of("mkfifo", pipe.toString()))
        .compose(ChildProcess::exit)
        .toCompletionStage()
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
    String maven = Files.readString(bin.resolve("mvn"));
    String waiting =
        maven.replace(
            "*package*)", "*package*) echo maven-is-at-it >&2; read -r go <'" + pipe + "'\n");
    assertNotEquals(maven, waiting);
    Files.writeString(bin.resolve("mvn"), waiting);
    return pipe;
  }

  private static BufferedReader awaitLine(ChildProcess child, String text) throws IOException {
    BufferedReader err =
        new BufferedReader(new InputStreamReader(child.stderr(), StandardCharsets.UTF_8));
    List<String> said = new ArrayList<>();
    for (String line = err.readLine(); line != null; line = err.readLine()) {
      said.add(line);
      if (line.contains(text)) {
        return err;
      }
    }
    throw new AssertionError("it ended without '" + text + "': " + said);
  }

  @Test
  void twoFirstBuildsAtOnceAreOneBuild() throws Exception {
    Path pipe = makeMavenWait();
    ChildProcess first = begin(root.resolve("dunlin"), "run");
    awaitLine(first, "maven-is-at-it");
    ChildProcess second = begin(root.resolve("dunlin"), "run");
    awaitLine(second, "another build is running; waiting for its end");
    Files.writeString(pipe, "go\n");
    assertEquals(42, end(first).code());
    assertEquals(42, end(second).code());
    assertEquals(1, log("mvn -B").size(), Files.readString(log));
    assertEquals(2, log("java|").size(), Files.readString(log));
  }

  @Test
  void theLockOutlivesWhatMavenCleanDeletes() throws Exception {
    Path pipe = makeMavenWait();
    ChildProcess first = begin(root.resolve("dunlin"), "run");
    awaitLine(first, "maven-is-at-it");
    Trees.delete(root.resolve("shell/target"));
    ChildProcess second = begin(root.resolve("dunlin"), "run");
    awaitLine(second, "another build is running");
    Files.writeString(pipe, "go\n");
    assertEquals(42, end(first).code());
    assertEquals(42, end(second).code());
    assertEquals(1, log("mvn -B").size());
  }

  @Test
  void aBuildThatWasKilledLeavesNoLock() throws Exception {
    Path pipe = makeMavenWait();
    ChildProcess killed = begin(root.resolve("dunlin"), "run");
    awaitLine(killed, "maven-is-at-it");
    killed.killTree();
    assertNotEquals(42, end(killed).code());
    ChildProcess next = begin(root.resolve("dunlin"), "run");
    awaitLine(next, "maven-is-at-it");
    Files.writeString(pipe, "go\n");
    assertEquals(42, end(next).code());
  }

  @Test
  void aFailedBuildStopsAndIsTriedAgain() throws Exception {
    tool("mvn", "case $1 in -v) echo 'Apache Maven 3.8.7' ;; *) exit 1 ;; esac");
    assertEquals(1, dunlin("run").code());
    assertEquals(1, dunlin("run").code());
    assertEquals(2, log("mvn -B").size());
    assertEquals(List.of(), log("java"));
  }

  @Test
  void doctorWorksBeforeAnythingIsBuiltWithACureForEachFault() throws Exception {
    lose("libnss3");
    tool("node", "echo v12.0.0");
    Result result = dunlin("doctor");
    assertEquals(1, result.code());
    assertTrue(
        result
            .out()
            .contains(
                "fail  packages   some are missing -> sudo apt-get update && sudo apt-get install"),
        result.out());
    assertTrue(result.out().contains("libnss3"), result.out());
    assertTrue(result.out().contains("fail  node       Node is version v12.0.0"), result.out());
    assertTrue(result.out().contains("ok    jdk"), result.out());
    assertTrue(result.out().contains("warn  build"), result.out());
    assertNotEquals(List.of(), log("dpkg-query"));
  }

  @Test
  void doctorNamesTheWindowManagerAsWantedForTestsOnly() throws Exception {
    dunlin("run");
    assertFalse(dunlin("doctor").out().contains("jwm"));
    Files.delete(bin.resolve("jwm"));
    Result result = dunlin("doctor");
    assertTrue(
        result
            .out()
            .contains("warn  jwm        there is no such window manager; only the tests use it"),
        result.out());
    assertTrue(result.out().contains("ok    packages"), result.out());
  }

  @Test
  void doctorLetsJavaSayTheRestOnceItIsBuilt() throws Exception {
    dunlin("run");
    forget();
    Result result = dunlin("doctor");
    assertEquals(1, result.code());
    assertTrue(result.out().contains("ok    packages"), result.out());
    assertTrue(
        log("java").get(0).endsWith("|dev.dunlin.shell.Main|doctor"), log("java").toString());
  }
}
