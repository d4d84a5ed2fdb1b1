package dev.dunlin.shell.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.shell.host.StartMemory.Range;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class StartMemoryTest {
  private static final String LIBRARY = "/opt/an app/libcef.so";

  private static List<Range> untouched(String... smaps) {
    return StartMemory.untouched(Stream.of(smaps), LIBRARY::equals);
  }

  @Test
  void givesBackWhatIsOnlyReadAndNeverWasWritten() {
    assertEquals(
        List.of(new Range(0x1000, 0x2000), new Range(0x4000, 0x1000)),
        untouched(
            "1000-3000 r--p 00000000 08:01 4711                 " + LIBRARY,
            "Rss:                   8 kB",
            "Anonymous:             0 kB",
            "AnonHugePages:         0 kB",
            "Swap:                  0 kB",
            "VmFlags: rd mr mw me",
            "4000-5000 r-xp 00002000 08:01 4711                 " + LIBRARY,
            "Anonymous:             0 kB",
            "Swap:                  0 kB"));
  }

  @Test
  void keepsRelocatedPagesAndWritableOnesAndSharedOnesAndOtherFiles() {
    assertEquals(
        List.of(),
        untouched(
            "1000-2000 r--p 00000000 08:01 4711                 " + LIBRARY,
            "Anonymous:          1020 kB",
            "Swap:                  0 kB",
            "2000-3000 r--p 00000000 08:01 4711                 " + LIBRARY,
            "Anonymous:             0 kB",
            "Swap:                  8 kB",
            "3000-4000 rw-p 00002000 08:01 4711                 " + LIBRARY,
            "Anonymous:             0 kB",
            "Swap:                  0 kB",
            "4000-5000 r--s 00002000 08:01 4711                 " + LIBRARY,
            "Anonymous:             0 kB",
            "Swap:                  0 kB",
            "5000-6000 r-xp 00002000 08:01 4712                 /usr/lib/other.so",
            "Anonymous:             0 kB",
            "Swap:                  0 kB",
            "6000-7000 r--p 00000000 00:00 0",
            "Anonymous:             0 kB",
            "Swap:                  0 kB"));
  }

  @EnabledOnOs(OS.LINUX)
  @Test
  void ourOwnCodeLeavesMemoryAndRunsOn() throws IOException {
    long before = residentKib();
    StartMemory.giveBack();
    long after = residentKib();
    assertTrue(after < before, "libjvm has " + after + " KiB of " + before + " in memory");
  }

  private static long residentKib() throws IOException {
    boolean in = false;
    long sum = 0;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      if (line.contains("-") && !Character.isUpperCase(line.charAt(0))) {
        in = line.endsWith("/libjvm.so") && line.contains(" r-xp ");
      } else if (in && line.startsWith("Rss:")) {
        sum += Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    return sum;
  }
}
