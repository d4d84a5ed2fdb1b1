package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import dev.dunlin.shell.host.HostException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
// A profile is held for as long as the block runs; nobody speaks to its holder.
@SuppressWarnings("try")
class SingleInstanceTest {
  private static final String US = Long.toString(ProcessHandle.current().pid());

  @TempDir Path folder;

  private String refusal(Path profile) {
    return assertThrows(HostException.class, () -> SingleInstance.take(profile, "Demo"))
        .getMessage();
  }

  /** Another JVM that takes the profile and holds it until its input ends. */
  static final class Holder {
    public static void main(String[] args) throws IOException {
      try (SingleInstance held = SingleInstance.take(Path.of(args[0]), "Demo")) {
        System.out.println("taken");
        System.in.read();
      } catch (HostException e) {
        System.out.println(e.getMessage());
      }
      System.out.println("released");
    }
  }

  private static ChildProcess holder(Path profile) throws Exception {
    return ProcessStarter.get()
        .start(
            ProcessSpec.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Holder.class.getName(),
                    profile.toString())
                .withStdio(Stdio.PIPE, Stdio.PIPE, Stdio.INHERIT))
        .toCompletionStage()
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
  }

  private static BufferedReader output(ChildProcess child) {
    return new BufferedReader(new InputStreamReader(child.stdout(), StandardCharsets.UTF_8));
  }

  private static void exit(ChildProcess child) throws Exception {
    child.exit().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Test
  void aSecondStartInTheSameProcessIsToldWhoHasTheProfile() {
    try (SingleInstance held = SingleInstance.take(folder.resolve("profile"), "Demo")) {
      String message = refusal(folder.resolve("profile"));
      assertTrue(message.startsWith("Demo is running already (process " + US + ")"), message);
      assertTrue(message.contains("XDG_CACHE_HOME=DIR"), message);
    }
  }

  @Test
  void aSecondStartInAnotherProcessIsToldWhoHasTheProfile() throws Exception {
    try (SingleInstance held = SingleInstance.take(folder, "Demo")) {
      // This must not drop our lock, as the closing of any descriptor would on POSIX.
      refusal(folder);
      ChildProcess other = holder(folder);
      String message = output(other).readLine();
      assertTrue(message.startsWith("Demo is running already (process " + US + ")"), message);
      exit(other);
    }
  }

  @Test
  void aProfileIsFreeAgainOnceItsHolderClosesIt() throws Exception {
    SingleInstance first = SingleInstance.take(folder, "Demo");
    first.close();
    first.close();
    SingleInstance.take(folder, "Demo").close();
    ChildProcess other = holder(folder);
    BufferedReader said = output(other);
    assertEquals("taken", said.readLine());
    assertTrue(refusal(folder).contains("(process " + other.pid() + ")"));
    other.stdin().close();
    assertEquals("released", said.readLine());
    SingleInstance.take(folder, "Demo").close();
    exit(other);
  }

  @Test
  void aProfileIsFreeAgainOnceItsHolderIsKilled() throws Exception {
    ChildProcess other = holder(folder);
    assertEquals("taken", output(other).readLine());
    other.killTree();
    exit(other);
    SingleInstance.take(folder, "Demo").close();
  }

  @Test
  void nothingIsLeftOfALongerNumberOfAnEarlierHolder() throws IOException {
    Files.writeString(folder.resolve("dunlin.lock"), "\0" + "9".repeat(18) + "\n");
    try (SingleInstance held = SingleInstance.take(folder, "Demo")) {
      assertEquals("\0" + US + "\n", Files.readString(folder.resolve("dunlin.lock")));
    }
  }

  @Test
  void profilesAreIndependentAndALinkIsTheSameProfile() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
    try (SingleInstance held = SingleInstance.take(folder, "Demo");
        SingleInstance other = SingleInstance.take(folder.resolve("other"), "Demo")) {
      assertTrue(refusal(link).contains("running already"));
    }
  }

  @Test
  void aProfileThatIsNoFolderIsAClearError() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    for (Path profile : new Path[] {file, file.resolve("below")}) {
      String message = refusal(profile);
      assertTrue(message.startsWith("cannot use the profile folder " + profile), message);
      assertTrue(message.contains(file.toString()), message);
      assertTrue(message.contains("folder"), message);
    }
  }

  @Test
  void aProfileThatMayNotBeWrittenIsAClearError() throws IOException {
    Path shut = Files.createDirectory(folder.resolve("shut"));
    Files.setPosixFilePermissions(shut, PosixFilePermissions.fromString("r-x------"));
    assumeFalse(Files.isWritable(shut), "root may write everywhere");
    String message = refusal(shut);
    assertTrue(message.contains("your user may not write"), message);
    assertFalse(Files.exists(shut.resolve("dunlin.lock")));
  }
}
