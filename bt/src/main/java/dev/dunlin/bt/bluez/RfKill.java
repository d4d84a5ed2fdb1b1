package dev.dunlin.bt.bluez;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel's switches for radios. */
final class RfKill {
  static final Path FOLDER = Path.of("/sys/class/rfkill");

  private RfKill() {}

  /** Whether a Bluetooth radio is switched off there, by hand or by software. Blocks. */
  static boolean blocksBluetooth(Path folder) {
    try (DirectoryStream<Path> switches = Files.newDirectoryStream(folder)) {
      for (Path entry : switches) {
        if (word(entry.resolve("type")).equals("bluetooth")
            && (word(entry.resolve("soft")).equals("1")
                || word(entry.resolve("hard")).equals("1"))) {
          return true;
        }
      }
    } catch (IOException e) {
      // No folder, or one that went while it was read: nothing is known to be blocked.
      return false;
    }
    return false;
  }

  private static String word(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file).strip() : "";
  }
}
