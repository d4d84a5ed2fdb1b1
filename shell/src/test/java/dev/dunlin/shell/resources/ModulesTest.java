package dev.dunlin.shell.resources;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModulesTest {
  private final Modules modules = new Modules("/dev/dunlin/shell/resources/js/");

  @Test
  void saysThatTheJavaScriptIsNotBuilt() {
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> new Modules("/no/such/folder/"));
    assertTrue(e.getMessage().contains("build the bridge's JavaScript"), e.getMessage());
  }

  @Test
  void findsItsModulesInAJarWhateverThePathOfTheJar(@TempDir Path folder) throws IOException {
    Path jar = Files.createDirectories(folder.resolve("a b#%20")).resolve("x.jar");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (String name :
          List.of("js/node-names.json", "js/fs.js", "js/fs/promises.js", "js/fs.d.ts", "no.js")) {
        zip.putNextEntry(new ZipEntry(name));
        zip.closeEntry();
      }
    }
    URI list = URI.create("jar:" + jar.toUri() + "!/js/node-names.json");
    assertEquals(Set.of("fs", "fs/promises"), Modules.list(list));
    assertEquals(Set.of("fs", "fs/promises"), Modules.list(list));
  }

  @Test
  void keepsWhatItHasRead() {
    assertArrayEquals(modules.socket("fs").orElseThrow(), modules.socket("fs").orElseThrow());
  }

  @Test
  void neverProposesAnInternalModuleOrOneThatIsFarOff() {
    assertEquals(Optional.empty(), modules.nearest("internal/ipx", false));
    assertEquals(Optional.of("test"), modules.nearest("tst", false));
    assertEquals(Optional.empty(), modules.nearest("tst", true));
  }
}
