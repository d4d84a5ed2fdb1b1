package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.ParentDeath;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A package with its runtime is the same, byte for byte, whoever makes it: twice from nothing, the
 * runtime too. Takes minutes, so it is for the profile nightly; the parts of it are tried always
 * (BuildCommandTest, TarXzTest).
 */
@Tag("nightly")
class ReproducibleSuite {
  @TempDir Path folder;

  private Path make(String name) throws IOException {
    Layout layout = Layout.of(Account.self());
    Path to = folder.resolve(name);
    // Without dunlin.home and with empty caches: nothing of an earlier build can be used.
    ChildProcess build =
        ProcessStarter.get()
            .start(
                ProcessSpec.of(
                        Layout.jdk().resolve("bin/java").toString(),
                        "-Ddunlin.engine=" + layout.engine(),
                        "-cp",
                        classPath(layout),
                        "dev.dunlin.installers.Main",
                        "build",
                        "--target",
                        "deb",
                        "--fast",
                        "--output",
                        to.toString(),
                        layout.home().resolve("templates/vanilla").toString())
                    .withVariable("XDG_CACHE_HOME", folder.resolve(name + "-cache").toString())
                    .withStdio(Stdio.NULL, Stdio.INHERIT, Stdio.INHERIT)
                    .withParentDeath(ParentDeath.DIE_WITH_GROUP))
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    assertEquals(0, build.exit().toCompletionStage().toCompletableFuture().join());
    return to.resolve("dunlin-tour_1.0.0_amd64.deb");
  }

  private static String classPath(Layout layout) throws IOException {
    StringBuilder path = new StringBuilder();
    try (Stream<Path> jars = Files.list(layout.dist().resolve("lib"))) {
      jars.sorted().forEach(jar -> path.append(jar).append(':'));
    }
    return path.append(layout.home().resolve("installers/target/dunlin-installers-0.1.0.jar"))
        .toString();
  }

  @Test
  void aPackageWithItsRuntimeIsTheSameTwiceFromNothing() throws IOException {
    Path first = make("first");
    assertTrue(Files.size(first) > 50_000_000);
    assertEquals(-1, Files.mismatch(first, make("second")));
  }
}
