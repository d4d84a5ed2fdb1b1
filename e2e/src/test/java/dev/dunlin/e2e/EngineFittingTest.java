package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import dev.dunlin.shell.engine.EngineFitting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On Chromium's own libraries. */
class EngineFittingTest {

  private static final int EGL_SUCCESS = 0x3000;

  /** Free in this process, as nothing of it lies so low but the heap. */
  private static final long BASE = 0x1234_5678_9000L;

  private static final long OTHER_BASE = 0x1334_5678_9000L;
  private static final long DISTANCE = 0x1000_0000L;

  @TempDir Path folder;

  @BeforeEach
  void theSystemReadsWhatIsMade() {
    String[] version =
        Function.getFunction("c", "gnu_get_libc_version").invokeString(null, false).split("\\.");
    assumeTrue(
        Integer.parseInt(version[0]) > 2 || Integer.parseInt(version[1]) >= 36,
        "this glibc reads none");
  }

  private Path copy(String name) throws IOException {
    return Files.copy(Layout.of(Account.self()).engine().resolve(name), folder.resolve(name));
  }

  /** Which does its work with the other, as the functions of one show. */
  private Path prelinkedEgl(long base) throws IOException {
    Path library = copy("libEGL.so");
    Path other = copy("libGLESv2.so");
    assertTrue(EngineFitting.pack(library));
    assertTrue(EngineFitting.pack(other));
    // The placeholder is for the one that comes last.
    assertTrue(EngineFitting.prelink(library, base + DISTANCE));
    assertTrue(EngineFitting.prelink(other, base));
    return library;
  }

  private static int eglError(NativeLibrary library) {
    return library.getFunction("eglGetError").invokeInt(new Object[0]);
  }

  private static long loadedAt(Path library) throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/self/maps")).stream()
            .filter(l -> l.endsWith(library.toString()))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line, 0, line.indexOf('-'), 16);
  }

  @Test
  void isUndoneToTheByte() throws IOException {
    Path libcef = copy("libcef.so");
    Path placeholder = folder.resolve(EngineFitting.PLACEHOLDER);
    // Where it was unpacked it has been fitted.
    EngineFitting.undo(folder);
    byte[] plain = Files.readAllBytes(libcef);
    assertTrue(EngineFitting.pack(libcef));
    assertFalse(EngineFitting.pack(libcef), "packed twice");
    byte[] packed = Files.readAllBytes(libcef);
    assertEquals(plain.length, packed.length);
    assertFalse(Arrays.equals(plain, packed));
    assertTrue(EngineFitting.prelink(libcef, BASE));
    assertTrue(Files.exists(placeholder));
    byte[] prelinked = Files.readAllBytes(libcef);
    assertFalse(EngineFitting.prelink(libcef, OTHER_BASE), "prelinked twice");
    assertArrayEquals(prelinked, Files.readAllBytes(libcef));

    assertTrue(EngineFitting.unlink(libcef));
    assertArrayEquals(packed, Files.readAllBytes(libcef));
    assertFalse(EngineFitting.unlink(libcef), "undone twice");
    assertFalse(Files.exists(placeholder));
    assertTrue(EngineFitting.unpack(libcef));
    assertArrayEquals(plain, Files.readAllBytes(libcef));
    assertFalse(EngineFitting.unpack(libcef), "unpacked twice");
  }

  @Test
  void eachFittingHasAnAddressOfItsOwn() throws IOException {
    Path libcef = copy("libcef.so");
    EngineFitting.undo(folder);
    EngineFitting.fit(folder);
    byte[] first = Files.readAllBytes(libcef);
    EngineFitting.undo(folder);
    EngineFitting.fit(folder);
    assertFalse(Arrays.equals(first, Files.readAllBytes(libcef)));
  }

  @Test
  void aPackedLibraryIsLoadedAndItsFunctionsWork() throws IOException {
    Path library = copy("libEGL.so");
    assertTrue(EngineFitting.pack(library));
    assertTrue(EngineFitting.pack(copy("libGLESv2.so")));
    try (NativeLibrary loaded = NativeLibrary.getInstance(library.toString())) {
      assertEquals(EGL_SUCCESS, eglError(loaded));
    }
  }

  @Test
  void aPrelinkedLibraryIsLoadedWhereItIsMadeForAndItsFunctionsWork() throws IOException {
    Path library = prelinkedEgl(BASE);
    try (NativeLibrary loaded = NativeLibrary.getInstance(library.toString())) {
      assertEquals(EGL_SUCCESS, eglError(loaded));
      assertEquals(BASE + DISTANCE, loadedAt(library));
      assertEquals(BASE, loadedAt(folder.resolve("libGLESv2.so")));
    }
  }

  @Test
  void aPrelinkedLibraryWorksElsewhereWhereThePlaceholderIsInItsPlace() throws IOException {
    Path library = prelinkedEgl(OTHER_BASE);
    System.load(folder.resolve(EngineFitting.PLACEHOLDER).toString());
    try (NativeLibrary loaded = NativeLibrary.getInstance(library.toString())) {
      assertEquals(EGL_SUCCESS, eglError(loaded));
      assertEquals(OTHER_BASE, loadedAt(folder.resolve(EngineFitting.PLACEHOLDER)));
      assertNotEquals(OTHER_BASE, loadedAt(folder.resolve("libGLESv2.so")));
    }
  }

  @Test
  void leavesWhatIsCutOffOrDamagedAsItIsOrLoadable() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Path original = copy("libGLESv2.so");
    byte[] plain = Files.readAllBytes(original);
    EngineFitting.pack(original);
    byte[] packed = Files.readAllBytes(original);
    Path file = folder.resolve("damaged.so");
    for (int i = 0; i < 60; i++) {
      byte[] whole = i < 30 ? plain : packed;
      byte[] damaged =
          i % 2 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
      for (int j = 0; i % 2 != 0 && j < 8; j++) {
        damaged[random.nextInt(1024)] = (byte) random.nextInt();
      }
      Files.write(file, damaged);
      boolean done = i < 30 ? EngineFitting.pack(file) : EngineFitting.prelink(file, BASE);
      if (!done) {
        assertArrayEquals(damaged, Files.readAllBytes(file), "changed by halves, seed " + seed);
      }
    }
    try (var left = Files.list(folder)) {
      assertEquals(0, left.filter(path -> path.toString().contains("unfinished")).count());
    }
  }
}
