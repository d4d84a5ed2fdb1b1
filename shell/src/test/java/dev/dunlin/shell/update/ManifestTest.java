package dev.dunlin.shell.update;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.shell.update.Manifest.Entry;
import dev.dunlin.shell.update.Manifest.KeyChange;
import dev.dunlin.shell.update.UpdateException.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ManifestTest {
  private static final String HASH = "0".repeat(64);

  private static Manifest signed() throws IOException {
    return World.manifest("1.2.3", World.files("1.2.3", Map.of("src/日本 語.txt", "x")))
        .sign(
            World.NEXT,
            new Manifest.Release(
                World.NOW,
                Version.parse("1.0.0"),
                Optional.of(HASH),
                List.of(KeyChange.sign(World.ID, World.AUTHOR, Key.of(World.NEXT))),
                Key.of(World.NEXT),
                ""));
  }

  private static UpdateException refused(byte[] content) {
    return assertThrows(UpdateException.class, () -> Manifest.parse(content));
  }

  @Test
  void isReadAsItWasWritten() throws IOException {
    Manifest manifest = signed();
    Manifest read = Manifest.parse(manifest.toBytes());
    assertEquals(manifest, read);
    assertArrayEquals(manifest.toBytes(), read.toBytes());
    read.requireSignedBy(Key.of(World.AUTHOR));
    read.requireSignedBy(Key.of(World.NEXT));
    Manifest plain = World.manifest("1.2.3", World.files("1.2.3", Map.of()));
    assertEquals(plain, Manifest.parse(plain.toBytes()));
  }

  @Test
  void tellsThePiecesOfLargeFilesByAHash() throws IOException {
    String text = new String(signed().toBytes(), StandardCharsets.UTF_8);
    assertTrue(text.contains("\npieces " + HASH + "\n"), text);
    refused(text.replace(HASH, HASH.substring(1)).getBytes(StandardCharsets.UTF_8));
    refused(text.replace(HASH, HASH.replace('0', 'G')).getBytes(StandardCharsets.UTF_8));
    // It is signed as the rest is.
    Manifest without =
        Manifest.parse(text.replace("pieces " + HASH + "\n", "").getBytes(StandardCharsets.UTF_8));
    assertThrows(UpdateException.class, () -> without.requireSignedBy(Key.of(World.NEXT)));
  }

  @Test
  void isRefusedWhenItIsCutOffAnywhere() throws IOException {
    byte[] whole = signed().toBytes();
    for (int length = 0; length < whole.length; length++) {
      refused(Arrays.copyOf(whole, length));
    }
  }

  @Test
  void isRefusedOrUnsignedWhenAnyByteIsAnother() throws IOException {
    byte[] whole = signed().toBytes();
    for (int at = 0; at < whole.length; at++) {
      for (int change : new int[] {1, 0x20, 0x80}) {
        byte[] changed = whole.clone();
        changed[at] ^= (byte) change;
        assertThrows(
            UpdateException.class,
            () -> Manifest.parse(changed).requireSignedBy(Key.of(World.AUTHOR)),
            "byte " + at);
      }
    }
  }

  @Test
  void hasNoPathThatLeavesTheFolder() {
    for (String path :
        List.of(
            "../x",
            "/etc/passwd",
            "a/../../x",
            "a/..",
            ".",
            "",
            "a//b",
            "a/",
            "./a",
            "a\\..\\b",
            "a\u0000b",
            "a\tb",
            Manifest.FILE,
            "é".repeat(Manifest.MAX_PATH_BYTES / 2 + 1))) {
      assertThrows(
          UpdateException.class,
          () ->
              Manifest.ofFiles(
                  World.ID, "1.0.0", new TreeMap<>(Map.of(path, new Entry(0, HASH, false)))),
          path);
      byte[] raw =
          World.bytes(
              "dunlin-manifest 1\nid a.b\nversion 1.0.0\nfile " + HASH + " 0 " + path + "\nend\n");
      assertEquals(Code.MALFORMED, refused(raw).code(), path);
    }
    // The twin.
    Manifest.parse(
        World.bytes("dunlin-manifest 1\nid a.b\nversion 1.0.0\nfile " + HASH + " 0 a..b/c\nend\n"));
  }

  @Test
  void hasNoFileInAFile() {
    TreeMap<String, Entry> files = new TreeMap<>();
    files.put("a", new Entry(0, HASH, false));
    files.put("a/b", new Entry(0, HASH, false));
    assertThrows(UpdateException.class, () -> Manifest.ofFiles(World.ID, "1.0.0", files));
  }

  @Test
  void hasBounds() {
    StringBuilder many = new StringBuilder("dunlin-manifest 1\nid a.b\nversion 1.0.0\n");
    for (int i = 0; i <= Manifest.MAX_FILES; i++) {
      many.append("file ").append(HASH).append(" 0 f").append(100_000 + i).append('\n');
    }
    assertTrue(
        refused(World.bytes(many.toString())).getMessage().contains("at most 20000"),
        "too many files");
    assertTrue(
        refused(new byte[Manifest.MAX_BYTES + 1]).getMessage().contains("more than"), "too long");
    String large =
        "dunlin-manifest 1\nid a.b\nversion 1.0.0\nfile " + HASH + " 2147483649 a\nend\n";
    assertTrue(refused(World.bytes(large)).getMessage().contains("2147483649 bytes"));
  }

  @Test
  void hasOneSpellingOnly() {
    String good = "dunlin-manifest 1\nid a.b\nversion 1.0.0\nfile " + HASH + " 0 a\nend\n";
    Manifest.parse(World.bytes(good));
    for (String other :
        List.of(
            good.replace(" 0 a", " 00 a"),
            good.replace("1.0.0", "1.00.0"),
            good.replace("end", "file " + HASH + " 0 a\nend"),
            good.replace("file", "file "),
            good.replace("\n", "\r\n"),
            "\ufeff" + good,
            good + "\n",
            good + "signature x\n",
            good.replace(HASH, "A" + HASH.substring(1)))) {
      assertEquals(Code.MALFORMED, refused(World.bytes(other)).code(), other);
    }
  }

  /** Whatever comes is a manifest or refused in words; nothing else is thrown. */
  @Property(tries = 2000)
  void isReadOrRefusedWhateverTheBytesAre(@ForAll @Size(max = 600) byte[] bytes) {
    readOrRefuse(bytes);
  }

  @Property(tries = 2000)
  void isReadOrRefusedWhateverTheLinesAre(
      @ForAll @Size(max = 12) List<@IntRange(max = 14) Integer> lines) {
    String[] known = {
      "dunlin-manifest 1",
      "id a.b",
      "version 1.0.0",
      "expires 2027-01-01T00:00:00Z",
      "minimum 1.0.0",
      "key " + Key.of(World.AUTHOR),
      "file " + HASH + " 0 a",
      "program " + HASH + " 9 b",
      "signature x",
      "key-change a b c",
      "",
      "file",
      "file " + HASH,
      "expires never",
      "end"
    };
    StringBuilder text = new StringBuilder(known[0]).append('\n');
    lines.forEach(line -> text.append(known[line]).append('\n'));
    readOrRefuse(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void readOrRefuse(byte[] bytes) {
    try {
      assertArrayEquals(bytes, Manifest.parse(bytes).toBytes());
    } catch (UpdateException e) {
      assertTrue(e.getMessage().length() > 10, e.getMessage());
    }
  }
}
