package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.ParentDeath;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import dev.dunlin.shell.BuildInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
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
    Path second = make("second");
    told("package with its runtime", first, second);
    assertEquals(-1, Files.mismatch(first, second));
  }

  @Test
  void theJarsOfTheModulesAreTheSameBuiltFromACopyOfTheSources() throws IOException {
    Path home = Layout.of(Account.self()).home();
    Path copy = folder.resolve("sources");
    Files.walkFileTree(
        home,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path from, BasicFileAttributes is)
              throws IOException {
            String name = from.getFileName().toString();
            if (name.equals("target") || name.equals(".git")) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            Files.createDirectories(copy.resolve(home.relativize(from)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes is) throws IOException {
            Files.copy(file, copy.resolve(home.relativize(file)), LinkOption.NOFOLLOW_LINKS);
            return FileVisitResult.CONTINUE;
          }
        });
    ChildProcess build =
        ProcessStarter.get()
            .start(
                ProcessSpec.of(
                        "mvn",
                        "-o",
                        "-q",
                        "-B",
                        "-f",
                        copy.resolve("pom.xml").toString(),
                        "-DskipTests",
                        "package",
                        "-pl",
                        "installers",
                        "-am")
                    .withStdio(Stdio.NULL, Stdio.INHERIT, Stdio.INHERIT)
                    .withParentDeath(ParentDeath.DIE_WITH_GROUP))
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    assertEquals(0, build.exit().toCompletionStage().toCompletableFuture().join());
    List<String> different = new ArrayList<>();
    for (String module : List.of("scheduler", "bridge", "net", "bt", "shell", "installers")) {
      String jar = "dunlin-" + module + "-" + BuildInfo.dunlin() + ".jar";
      Path at = Path.of(module, "target", module.equals("shell") ? "dunlin/lib" : "", jar);
      told(jar, home.resolve(at), copy.resolve(at));
      if (Files.mismatch(home.resolve(at), copy.resolve(at)) != -1) {
        different.add(jar);
      }
    }
    assertEquals(List.of(), different);
  }

  /** For docs/security-report.md. */
  private static void told(String what, Path first, Path second) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    Path file = Layout.of(Account.self()).home().resolve("e2e/target/reproducible.json");
    ArrayNode all =
        Files.exists(file) ? (ArrayNode) mapper.readTree(file.toFile()) : mapper.createArrayNode();
    for (int i = all.size() - 1; i >= 0; i--) {
      if (all.get(i).path("what").asText().equals(what)) {
        all.remove(i);
      }
    }
    all.addObject()
        .put("what", what)
        .put("bytes", Files.size(first))
        .put("first", sha256(first))
        .put("second", sha256(second))
        .put("same", Files.mismatch(first, second) == -1);
    Files.writeString(file, mapper.writeValueAsString(all));
  }

  private static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] part = new byte[1 << 16];
      for (int count = in.read(part); count > 0; count = in.read(part)) {
        digest.update(part, 0, count);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
