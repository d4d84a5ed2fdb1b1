package dev.dunlin.shell.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ProcessMemoryTest {
  @Test
  @EnabledOnOs(OS.LINUX)
  void addsUpThisProcess() {
    List<Snapshot.Process> all = new ProcessMemory(Path.of("/proc")).now();
    assertEquals(ProcessHandle.current().pid(), all.get(0).pid());
    assertEquals("app", all.get(0).name());
    assertTrue(all.get(0).pssBytes() > 10 << 20, all.toString());
  }

  @Test
  void saysThatItDoesNotKnowWhereThereIsNoSuchFile(@TempDir Path proc) throws Exception {
    String pid = Long.toString(ProcessHandle.current().pid());
    assertEquals(-1, new ProcessMemory(proc).now().get(0).pssBytes());
    Files.createDirectory(proc.resolve(pid));
    Files.writeString(proc.resolve(pid).resolve("smaps_rollup"), "Rss: 9 kB\nPss:   7 kB\n");
    assertEquals(7 << 10, new ProcessMemory(proc).now().get(0).pssBytes());
  }
}
