package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.NativeLibrary;
import dev.dunlin.shell.engine.EngineFitting;
import dev.dunlin.shell.host.NativeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
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
    assumeTrue(Glibc.isPrelinkedFor(), "an older glibc, or packed only on this processor");
  }

  private Path copy(String name) throws IOException {
    return Files.copy(Layout.of(Account.self()).engine().resolve(name), folder.resolve(name));
  }

  /** Which does its work with the other, as its functions show. */
  private Path prelinkedEgl(long base) throws IOException {
    Path library = copy("libEGL.so");
    assertTrue(EngineFitting.fit(library, base + DISTANCE));
    assertTrue(EngineFitting.fit(copy("libGLESv2.so"), base));
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
    // Where it was unpacked it has been fitted.
    EngineFitting.undoEngine(folder);
    byte[] plain = Files.readAllBytes(libcef);
    assertFalse(EngineFitting.undo(libcef), "undone twice");
    assertTrue(EngineFitting.fit(libcef, 0));
    byte[] packed = Files.readAllBytes(libcef);
    assertEquals(plain.length, packed.length);
    assertFalse(EngineFitting.fit(libcef, 0), "packed twice");
    assertTrue(EngineFitting.fit(libcef, BASE));
    byte[] prelinked = Files.readAllBytes(libcef);
    assertTrue(EngineFitting.fit(libcef, 0));
    assertArrayEquals(packed, Files.readAllBytes(libcef));
    assertTrue(EngineFitting.fit(libcef, OTHER_BASE));
    assertTrue(EngineFitting.fit(libcef, BASE));
    assertArrayEquals(prelinked, Files.readAllBytes(libcef));

    assertTrue(EngineFitting.undo(libcef));
    assertArrayEquals(plain, Files.readAllBytes(libcef));
    assertFalse(Arrays.equals(plain, packed) || Arrays.equals(packed, prelinked));
  }

  @Test
  void eachFittingHasAnAddressOfItsOwn() throws IOException {
    Path libcef = copy("libcef.so");
    EngineFitting.fitEngine(folder);
    byte[] first = Files.readAllBytes(libcef);
    EngineFitting.fitEngine(folder);
    assertFalse(Arrays.equals(first, Files.readAllBytes(libcef)));
  }

  @Test
  void keepsWhoMayReadIt() throws IOException {
    Path library = copy("libEGL.so");
    Set<PosixFilePermission> permissions = PosixFilePermissions.fromString("rwxr-x--x");
    Files.setPosixFilePermissions(library, permissions);
    assertTrue(EngineFitting.fit(library, BASE));
    assertEquals(permissions, Files.getPosixFilePermissions(library));
  }

  @Test
  void aPackedLibraryIsLoadedAndItsFunctionsWork() throws IOException {
    Path library = copy("libEGL.so");
    assertTrue(EngineFitting.fit(library, 0));
    assertTrue(EngineFitting.fit(copy("libGLESv2.so"), 0));
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
  void aPrelinkedLibraryWorksElsewhereWhereItsAddressesAreTaken() throws IOException {
    Path library = prelinkedEgl(OTHER_BASE);
    NativeProcess.reserve(OTHER_BASE, 2 * DISTANCE);
    try (NativeLibrary loaded = NativeLibrary.getInstance(library.toString())) {
      assertEquals(EGL_SUCCESS, eglError(loaded));
      assertNotEquals(OTHER_BASE + DISTANCE, loadedAt(library));
      assertNotEquals(OTHER_BASE, loadedAt(folder.resolve("libGLESv2.so")));
    }
  }

  @Test
  void leavesWhatIsCutOffOrDamagedAsItIsOrLoadable() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Path original = copy("libGLESv2.so");
    byte[] plain = Files.readAllBytes(original);
    EngineFitting.fit(original, 0);
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
      if (!EngineFitting.fit(file, i < 30 ? 0 : BASE)) {
        assertArrayEquals(damaged, Files.readAllBytes(file), "changed by halves, seed " + seed);
      }
    }
    try (var left = Files.list(folder)) {
      assertEquals(0, left.filter(path -> path.toString().contains("unfinished")).count());
    }
  }
}
