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
  void namesChromiumsProcessesByWhatTheyAre() {
    String helper = "/run/engine/jcef_helper --type=";
    assertEquals("renderer", ProcessMemory.name(helper + "renderer --user-data-dir=/a/b"));
    assertEquals("zygote", ProcessMemory.name("/x y/jcef_helper\0--type=zygote\0--no-sandbox\0"));
    assertEquals(
        "network",
        ProcessMemory.name(helper + "utility --utility-sub-type=network.mojom.NetworkService"));
    assertEquals("bwrap", ProcessMemory.name("/usr/bin/bwrap\0--\0/run/engine/jcef_helper\0"));
    assertEquals("node", ProcessMemory.name("/usr/bin/node\0--type=renderer\0"));
    assertEquals("", ProcessMemory.name(""));
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
