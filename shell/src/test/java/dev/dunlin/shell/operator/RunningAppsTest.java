package dev.dunlin.shell.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.shell.operator.RunningApps.RunningApp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningAppsTest {
  @TempDir private Path folder;

  private static Snapshot.App app(String title, long pid) {
    return new Snapshot.App(title, "com.example.a", "1.0.0", pid, "/apps/a", "0.1.0", 0);
  }

  private Path run(String name) throws IOException {
    return Files.createDirectory(folder.resolve(name));
  }

  @Test
  void findsThoseThatRun() throws IOException {
    long self = ProcessHandle.current().pid();
    Path run = run("dunlin-1");
    RunningApps.announce(run, app("Two\nlines", self));
    List<RunningApp> all = RunningApps.in(List.of(folder, folder));
    assertEquals(
        List.of(
            new RunningApp(
                self, "com.example.a", "Two lines", Path.of("/apps/a"), run.resolve("operator"))),
        all);
  }

  /** So it is where a container gives the process a user id that has none. */
  @Test
  void findsThemForAUserWithoutAName() throws IOException {
    RunningApps.announce(run("dunlin-1"), app("A", ProcessHandle.current().pid()));
    String name = System.getProperty("user.name");
    System.setProperty("user.name", "?");
    try {
      assertEquals(1, RunningApps.in(List.of(folder)).size());
    } finally {
      System.setProperty("user.name", name);
    }
  }

  @Test
  void aFolderThatIsGoneHidesNoOther() throws IOException {
    RunningApps.announce(run("dunlin-1"), app("A", ProcessHandle.current().pid()));
    List<Path> folders = List.of(folder.resolve("gone"), folder);
    assertEquals(1, RunningApps.in(folders).size());
  }

  @Test
  void passesOverWhatIsNoRunningApp() throws IOException {
    RunningApps.announce(run("dunlin-gone"), app("A", 999_999_999L));
    RunningApps.announce(run("other"), app("A", ProcessHandle.current().pid()));
    Files.writeString(run("dunlin-short").resolve("operator.txt"), "7\n");
    Files.writeString(run("dunlin-long").resolve("operator.txt"), "7\n".repeat(20_000));
    Files.write(run("dunlin-bytes").resolve("operator.txt"), new byte[] {-1, -2, 10, -3});
    Files.createSymbolicLink(
        run("dunlin-link").resolve("operator.txt"), folder.resolve("other/operator.txt"));
    run("dunlin-empty");
    assertTrue(RunningApps.in(List.of(folder)).isEmpty());
  }
}
