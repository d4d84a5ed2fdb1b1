package dev.dunlin.installers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.dunlin.scheduler.RandomSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class XzBlocksTest {
  @TempDir Path folder;

  private Path xz(String name, byte[] bytes, String... options) throws IOException {
    Path plain = Files.write(folder.resolve(name), bytes);
    Path file = folder.resolve(name + ".xz");
    List<String> argv = new ArrayList<>(List.of("xz", "--stdout"));
    argv.addAll(List.of(options));
    argv.add(plain.toString());
    Tool.of(argv).runInto(file);
    return file;
  }

  private byte[] unpacked(byte[] xz) throws IOException {
    Path file = Files.write(folder.resolve("joined.xz"), xz);
    Path plain = folder.resolve("joined");
    // --single-stream: what dpkg reads.
    Tool.of("xz", "--decompress", "--stdout", "--single-stream", file.toString()).runInto(plain);
    return Files.readAllBytes(plain);
  }

  private static byte[] joined(List<Path> files) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    XzBlocks.join(files, out);
    return out.toByteArray();
  }

  @Test
  void whatIsJoinedIsOneStreamOfAllContents() throws IOException {
    byte[] random = RandomSource.seeded(7).bytes(300_000);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    List<Path> files = new ArrayList<>();
    for (byte[] bytes :
        List.of(random, new byte[0], "text".repeat(9_000).getBytes(), new byte[1])) {
      files.add(xz("part" + files.size(), bytes, "--check=crc32", "-T2", "--block-size=65536"));
      all.writeBytes(bytes);
    }
    byte[] once = joined(files);
    assertArrayEquals(all.toByteArray(), unpacked(once));
    assertArrayEquals(once, joined(files));
  }

  @Test
  void filesWithOtherChecksAreRefused() throws IOException {
    List<Path> files =
        List.of(xz("a", new byte[9], "--check=crc32"), xz("b", new byte[9], "--check=crc64"));
    assertThrows(IOException.class, () -> joined(files));
  }

  @Test
  void whatIsCutShortOrNoXzFileIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(xz("a", new byte[5_000], "--check=crc32"));
    int refused = 0;
    for (int length = 0; length < whole.length; length++) {
      Path cut = folder.resolve("cut");
      try (OutputStream out = Files.newOutputStream(cut)) {
        out.write(whole, 0, length);
      }
      assertThrows(IOException.class, () -> joined(List.of(cut)));
      refused++;
    }
    assertEquals(whole.length, refused);
  }
}
