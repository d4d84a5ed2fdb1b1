package dev.dunlin.shell.update;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.dunlin.net.swarm.Blob;
import dev.dunlin.net.wire.Id;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.shell.update.Manifest.Release;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PiecesTest {
  private static final int PIECE = Pieces.PIECE_BYTES;

  @TempDir private Path folder;

  private static byte[] content(int size) {
    return RandomSource.seeded(size).bytes(size);
  }

  private Manifest manifest(SortedMap<String, byte[]> files) throws IOException {
    Manifest plain = World.manifest("1.0.0", files);
    Map<String, Path> places = new HashMap<>();
    for (var file : files.entrySet()) {
      places.put(file.getKey(), Files.write(folder.resolve(file.getKey()), file.getValue()));
    }
    byte[] list = Pieces.list(plain, places);
    Files.write(folder.resolve("list"), list);
    Release terms =
        new Release(
            World.NOW,
            Version.parse("0.0.0"),
            Pieces.hash(list),
            List.of(),
            Key.of(World.AUTHOR),
            "");
    return plain.sign(World.AUTHOR, terms);
  }

  @Test
  void coverEveryByteOfEveryFileOnce() throws IOException {
    SortedMap<String, byte[]> files = new TreeMap<>();
    for (int size : new int[] {0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 5 * PIECE + 77}) {
      files.put("f" + size, content(size));
    }
    files.put("same", content(PIECE + 1));
    Manifest manifest = manifest(files);
    byte[] list = Files.readAllBytes(folder.resolve("list"));
    assertEquals((2 + 2 + 6) * Id.BYTES, list.length);
    Blob where = Pieces.blob(manifest).orElseThrow();
    assertEquals(list.length, where.sizeBytes());
    assertEquals(Optional.of(where.sha256().hex()), Pieces.hash(list));
    Pieces pieces = Pieces.of(manifest, list);
    for (var file : files.entrySet()) {
      Manifest.Entry entry = manifest.files().get(file.getKey());
      for (long from : new long[] {0, 1, PIECE, PIECE + 1, entry.sizeBytes() - 1}) {
        if (from < 0 || from >= Math.max(1, entry.sizeBytes())) {
          continue;
        }
        long at = Pieces.begin(entry, from);
        for (Blob blob : pieces.blobs(entry, from)) {
          assertEquals(at, blob.offset());
          byte[] part =
              Arrays.copyOfRange(
                  file.getValue(), (int) blob.offset(), (int) blob.offset() + blob.sizeBytes());
          assertArrayEquals(blob.sha256().bytes(), AppFolder.sha256().digest(part));
          at += blob.sizeBytes();
        }
        assertEquals(entry.sizeBytes(), at, file.getKey() + " from " + from);
      }
    }
  }

  @Test
  void areNotNeededWhereNoFileIsLargeAndMissedWhereOneIs() throws IOException {
    assertEquals(
        Optional.empty(), Pieces.blob(manifest(new TreeMap<>(Map.of("a", content(PIECE))))));
    Manifest unsigned = World.manifest("1.0.0", new TreeMap<>(Map.of("a", content(PIECE + 1))));
    assertThrows(UpdateException.class, () -> Pieces.blob(unsigned));
  }
}
