package dev.dunlin.shell;

import dev.dunlin.shell.host.NativeProcess;
import dev.dunlin.shell.host.Os;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Begins this process anew, with the words it was started with. */
final class Restart {
  private Restart() {}

  /**
   * Does not return, unless it can't be done: then it says so. All that the process held in order
   * to run has been closed.
   */
  static void now() {
    if (Os.here() != Os.LINUX) {
      System.err.println("dunlin: the app can't start itself again on this system: open it again");
      return;
    }
    try {
      // The script made it for this process, and it went with the engine.
      String temporary = System.getenv("TMPDIR");
      if (temporary != null && !Files.exists(Path.of(temporary))) {
        Files.createDirectory(
            Path.of(temporary),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      String words =
          new String(Files.readAllBytes(Path.of("/proc/self/cmdline")), StandardCharsets.UTF_8);
      NativeProcess.become(Path.of("/proc/self/exe").toRealPath(), List.of(words.split("\0", -1)));
    } catch (IOException e) {
      System.err.println(
          "dunlin: the app can't start itself again: " + e.getMessage() + ". Open it again.");
    }
  }
}
