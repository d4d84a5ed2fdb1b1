package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import dev.dunlin.shell.engine.PackedRelocations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On Chromium's own libraries. */
class PackedRelocationsTest {

  private static final int EGL_SUCCESS = 0x3000;

  @TempDir Path folder;

  private Path copy(String name) throws IOException {
    return Files.copy(Layout.of(Account.self()).engine().resolve(name), folder.resolve(name));
  }

  private static boolean glibcReadsThem() {
    String[] version =
        Function.getFunction("c", "gnu_get_libc_version").invokeString(null, false).split("\\.");
    return Integer.parseInt(version[0]) > 2 || Integer.parseInt(version[1]) >= 36;
  }

  @Test
  void packingIsUndoneToTheByte() throws IOException {
    Path libcef = copy("libcef.so");
    // Where it was unpacked it has been packed.
    PackedRelocations.unpack(libcef);
    byte[] plain = Files.readAllBytes(libcef);
    assertTrue(PackedRelocations.pack(libcef));
    assertFalse(PackedRelocations.pack(libcef), "packed twice");
    byte[] packed = Files.readAllBytes(libcef);
    assertEquals(plain.length, packed.length);
    assertFalse(Arrays.equals(plain, packed));
    assertTrue(PackedRelocations.unpack(libcef));
    assertArrayEquals(plain, Files.readAllBytes(libcef));
    assertFalse(PackedRelocations.unpack(libcef), "unpacked twice");
  }

  @Test
  void aPackedLibraryIsLoadedAndItsFunctionsWork() throws IOException {
    assumeTrue(glibcReadsThem(), "this glibc reads none");
    Path library = copy("libEGL.so");
    assertTrue(PackedRelocations.pack(library));
    // Which does the work of the other.
    assertTrue(PackedRelocations.pack(copy("libGLESv2.so")));
    try (NativeLibrary loaded = NativeLibrary.getInstance(library.toString())) {
      assertEquals(EGL_SUCCESS, loaded.getFunction("eglGetError").invokeInt(new Object[0]));
    }
  }

  @Test
  void leavesWhatIsCutOffOrDamagedAsItIsOrLoadable() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] whole = Files.readAllBytes(copy("libGLESv2.so"));
    Path file = folder.resolve("damaged.so");
    for (int i = 0; i < 30; i++) {
      byte[] damaged =
          i % 2 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
      for (int j = 0; i % 2 != 0 && j < 8; j++) {
        damaged[random.nextInt(1024)] = (byte) random.nextInt();
      }
      Files.write(file, damaged);
      if (!PackedRelocations.pack(file)) {
        assertArrayEquals(damaged, Files.readAllBytes(file), "changed by halves, seed " + seed);
      }
    }
    try (var left = Files.list(folder)) {
      assertEquals(0, left.filter(path -> path.toString().contains("unfinished")).count());
    }
  }
}
