package dev.dunlin.installers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.Native;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class StoredJarTest {
  private static final Instant TIME = Instant.parse("2026-01-02T03:04:06Z");

  @TempDir Path folder;
  private Path libraries;

  @BeforeEach
  void libraries() throws IOException {
    libraries = Files.createDirectory(folder.resolve("libraries"));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void libraryOfJnaLiesUnpackedAndThoseOfOtherSystemsAreNowhere() throws IOException {
    Path jna = Path.of(Native.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    Path stored = folder.resolve("jna.jar");
    StoredJar.copy(jna, stored, TIME, libraries);
    assertEquals(List.of("libjnidispatch.so"), names(libraries));
    try (JarFile from = new JarFile(jna.toFile());
        JarFile to = new JarFile(stored.toFile())) {
      String arch = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86-64";
      ZipEntry own = from.getEntry("com/sun/jna/linux-" + arch + "/libjnidispatch.so");
      assertArrayEquals(
          from.getInputStream(own).readAllBytes(),
          Files.readAllBytes(libraries.resolve("libjnidispatch.so")));
      assertEquals(
          List.of(),
          to.stream().map(ZipEntry::getName).filter(n -> n.contains("jnidispatch")).toList());
      assertTrue(to.getEntry("com/sun/jna/Native.class") != null);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void libraryOfNettyLiesUnpacked() throws IOException {
    Path jar =
        jar(manifest(), "META-INF/native/libnetty_transport_native_epoll_x86_64.so", "a.txt");
    Path stored = folder.resolve("stored.jar");
    StoredJar.copy(jar, stored, TIME, libraries);
    assertEquals(List.of("libnetty_transport_native_epoll_x86_64.so"), names(libraries));
    try (JarFile to = new JarFile(stored.toFile())) {
      assertEquals(
          List.of("META-INF/MANIFEST.MF", "a.txt"), to.stream().map(ZipEntry::getName).toList());
    }
  }

  @Test
  void manifestKeepsWhatTheJvmAsksForAndNothingElse() throws IOException {
    Manifest manifest = manifest();
    manifest.getMainAttributes().putValue("Multi-Release", "true");
    manifest.getMainAttributes().putValue("Implementation-Version", "1.2");
    manifest.getMainAttributes().putValue("Export-Package", "a;uses:=\"b\"");
    manifest.getEntries().put("a.txt", new Attributes());
    Path stored = folder.resolve("stored.jar");
    StoredJar.copy(jar(manifest, "a.txt"), stored, TIME, libraries);
    try (JarFile to = new JarFile(stored.toFile())) {
      Attributes kept = to.getManifest().getMainAttributes();
      assertEquals("true", kept.getValue("Multi-Release"));
      assertEquals("1.2", kept.getValue("Implementation-Version"));
      assertEquals(3, kept.size());
      assertEquals(0, to.getManifest().getEntries().size());
    }
  }

  private static Manifest manifest() {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    return manifest;
  }

  private Path jar(Manifest manifest, String... names) throws IOException {
    Path jar = folder.resolve("given.jar");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    manifest.write(bytes);
    try (OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream out = new ZipOutputStream(file)) {
      out.putNextEntry(new ZipEntry("META-INF/MANIFEST.MF"));
      out.write(bytes.toByteArray());
      for (String name : names) {
        out.putNextEntry(new ZipEntry(name));
        out.write(name.getBytes(StandardCharsets.UTF_8));
      }
    }
    return jar;
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
