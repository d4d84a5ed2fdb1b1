package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.shell.config.AppConfig;
import dev.dunlin.shell.host.Os;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Year;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WithoutEffectTest {
  @TempDir Path folder;

  private List<String> said(String lines, Os system, long openFiles) {
    String ini = "[build]\nname = a\n[meta]\nbundle_identifier = com.example.a\n" + lines;
    return WithoutEffect.of(
        AppConfig.parse(folder, ini.getBytes(StandardCharsets.UTF_8), Map.of(), Year.of(2026)),
        system,
        Optional.of(openFiles));
  }

  private void assertSays(String start, String lines, Os system) {
    List<String> said = said(lines, system, 1 << 20);
    assertEquals(1, said.size(), said::toString);
    assertTrue(said.get(0).startsWith("socket.ini: " + start), said::toString);
  }

  @Test
  void saysNothingOfWhatWorks() {
    assertEquals(
        List.of(),
        said(
            "[window]\nminimizable = false\nclosable = false\nframeless = true\nmax_width = 800\n"
                + "backgroundColorDark = #101010\n[webview]\nwatch = true\ncache-control = no-store\n"
                + "[permissions]\nallow_camera = false\nallow_read_media = true\n",
            Os.LINUX,
            1 << 20));
  }

  @Test
  void namesTheKeyAsItIsWrittenAndTheSystem() {
    assertSays(
        "[window] titlebar_style = hidden has no effect on Windows",
        "[window]\ntitlebar_style = hidden\n",
        Os.WINDOWS);
    assertSays(
        "[window] minimizable = false has less effect on macOS",
        "[window]\nminimizable = false\n",
        Os.MAC);
  }

  @Test
  void namesWhatNothingReads() {
    assertSays(
        "[webview] importmap = m.json has no effect", "[webview]\nimportmap = m.json\n", Os.LINUX);
    assertSays(
        "[permissions] allow_read_media = false has no effect",
        "[permissions]\nallow_read_media = false\n",
        Os.LINUX);
    assertSays(
        "[webview] watch = true has no effect",
        "[webview]\nwatch = true\n[webview.watch]\nreload = false\n",
        Os.LINUX);
  }

  @Test
  void saysThatAColourIsShownOpaque() {
    assertSays(
        "[window] backgroundColorLight = rgba(1, 2, 3, 0.5) is shown opaque",
        "[window]\nbackgroundColorLight = rgba(1, 2, 3, 0.5)\n",
        Os.LINUX);
  }

  @Test
  void comparesTheFileLimitWithTheSystems() {
    List<String> said = said("[meta]\nfile_limit = 5000\n", Os.LINUX, 4096);
    assertEquals(1, said.size(), said::toString);
    assertTrue(said.get(0).contains("4096 open files"), said::toString);
    assertEquals(List.of(), said("[meta]\nfile_limit = 4096\n", Os.LINUX, 4096));
  }
}
