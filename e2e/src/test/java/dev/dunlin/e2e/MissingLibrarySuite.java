package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import dev.dunlin.shell.BuildInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * {@code ./dunlin run} by a user without sudo, on a machine that lacks a library which Chromium
 * needs: never a native abort.
 */
class MissingLibrarySuite {
  private static final String LIBRARY = "/usr/lib/x86_64-linux-gnu/libnss3.so";

  private static final Account USER = new Account(Account.ORDINARY_NAME, true);

  private Path home;

  private record Result(int code, String text) {}

  /** A clone that has been built, in a folder of the user's; unchanged since it was built. */
  @BeforeEach
  void makeClone() throws IOException {
    assumeTrue(Account.isRoot(), "needs root for another machine");
    assumeTrue(Files.exists(Path.of(LIBRARY)) && Files.exists(Path.of("/var/lib/dpkg/status")));
    Layout layout = Layout.of(USER);
    home = Files.createTempDirectory(Path.of("/tmp"), "e2e-clone-");
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (String file : List.of("dunlin", "pom.xml")) {
      Layout.copyTree(layout.home().resolve(file), home.resolve(file));
    }
    String temporary = "shell/src/main/resources/dev/dunlin/shell/private-tmp.sh";
    Files.createDirectories(home.resolve(temporary).getParent());
    Files.copy(layout.home().resolve(temporary), home.resolve(temporary));
    Layout.copyTree(layout.home().resolve("templates"), home.resolve("templates"));
    for (String module : List.of("scheduler", "bridge", "net", "bt", "shell")) {
      Files.createDirectories(home.resolve(module).resolve("src"));
      Files.copy(
          layout.home().resolve(module).resolve("pom.xml"), home.resolve(module + "/pom.xml"));
    }
    Path dist = Files.createDirectories(home.resolve("shell/target")).resolve("dunlin");
    Layout.copyTree(layout.dist(), dist);
    Files.createDirectories(dist.resolve("natives"));
    Path engines = Files.createDirectories(home.resolve("cache/dunlin/engine"));
    Files.createSymbolicLink(engines.resolve(BuildInfo.engine()), layout.engine());
    // Last: it is newer than all that it vouches for.
    Path stamp = dist.resolve("stamp");
    String java = System.getProperty("java.home");
    Files.writeString(stamp, java + "\nJAVA_HOME=" + java + "\n");
    USER.own(home);
  }

  @AfterEach
  void removeClone() throws IOException {
    if (home != null) {
      Layout.deleteTree(home);
    }
  }

  private Result dunlin(List<String> machine, String... words) throws Exception {
    List<String> argv = new ArrayList<>(machine);
    argv.addAll(USER.prefix());
    argv.add(home.resolve("dunlin").toString());
    argv.addAll(List.of(words));
    Map<String, String> environment = new HashMap<>();
    environment.put("PATH", System.getenv("PATH"));
    environment.put("LC_ALL", "C.UTF-8");
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("HOME", home.toString());
    environment.put("XDG_CACHE_HOME", home.resolve("cache").toString());
    environment.put("XDG_RUNTIME_DIR", home.toString());
    ChildProcess child =
        ProcessStarter.get()
            .start(
                ProcessSpec.of(argv.toArray(String[]::new))
                    .withEnvironment(environment)
                    .withDirectory(home)
                    .withStdio(Stdio.NULL, Stdio.PIPE, Stdio.PIPE))
            .toCompletionStage()
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
    List<String> err = new ArrayList<>();
    var saidAll =
        ChildProcess.readLines("err", child.stderr(), 10_000, line -> err.add(line.text()));
    String out = new String(child.stdout().readAllBytes(), StandardCharsets.UTF_8);
    saidAll.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    int code = child.exit().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    return new Result(code, out + String.join("\n", err));
  }

  @Test
  void printsTheExactLineThatInstallsThePackageAndStops() throws Exception {
    Result result = dunlin(Machine.without(LIBRARY, "libnss3"), "run", "--screenshot", "a.png");
    assertEquals(1, result.code(), result.text());
    assertTrue(
        result
            .text()
            .endsWith(
                "\n  sudo apt-get update && sudo apt-get install -y --no-install-recommends libnss3"),
        result.text());
    assertFalse(Files.exists(home.resolve("a.png")));
  }

  @Test
  void namesTheLibraryWhenThePackageIsThereButItsFileIsNot() throws Exception {
    Result result = dunlin(Machine.without(LIBRARY), "run", "--headless", "--screenshot", "a.png");
    assertEquals(1, result.code(), result.text());
    assertTrue(
        result.text().contains("a system library that Chromium needs is missing"), result.text());
    assertTrue(result.text().contains("libnss3.so"), result.text());
    assertTrue(result.text().contains("./dunlin doctor"), result.text());
    assertFalse(result.text().contains("\tat "), "a stack trace: " + result.text());
    Result doctor = dunlin(Machine.without(LIBRARY), "doctor");
    assertEquals(1, doctor.code(), doctor.text());
    assertTrue(doctor.text().contains("Chromium lacks libnss3.so"), doctor.text());
    assertTrue(doctor.text().contains("apt-get install -y libnss3"), doctor.text());
  }

  @Test
  void showsTheTourWhereNothingIsMissing() throws Exception {
    Result result = dunlin(List.of(), "run", "--headless", "--screenshot", "a.png");
    assertEquals(0, result.code(), result.text());
    assertTrue(Files.size(home.resolve("a.png")) > 1_000, result.text());
  }
}
