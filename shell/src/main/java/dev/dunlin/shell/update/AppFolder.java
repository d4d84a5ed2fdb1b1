package dev.dunlin.shell.update;

import dev.dunlin.shell.update.Manifest.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The files of one version of an app on disk, and what they should be. Blocks.
 *
 * @param folder with socket.ini
 */
public record AppFolder(Path folder, Manifest manifest) {
  private static final int CHUNK_BYTES = 1 << 16;

  /**
   * @throws AlteredException when it has no manifest, or one that can't be read
   */
  public static AppFolder open(Path folder) throws IOException {
    Path file = folder.resolve(Manifest.FILE);
    try (InputStream in = Files.newInputStream(file)) {
      return new AppFolder(folder, Manifest.parse(in.readNBytes(Manifest.MAX_BYTES + 1)));
    } catch (NoSuchFileException e) {
      throw new AlteredException(file, "it is missing");
    } catch (UpdateException e) {
      throw new AlteredException(file, e.getMessage());
    }
  }

  /**
   * Makes the manifest's list of what is in a folder.
   *
   * @param files by their path in the app's folder
   */
  public static SortedMap<String, Entry> entries(SortedMap<String, Path> files) throws IOException {
    SortedMap<String, Entry> entries = new TreeMap<>();
    for (var file : files.entrySet()) {
      try (SeekableByteChannel channel = Files.newByteChannel(file.getValue())) {
        Entry found = entry(channel);
        entries.put(
            file.getKey(),
            new Entry(found.sizeBytes(), found.sha256(), Files.isExecutable(file.getValue())));
      }
    }
    return entries;
  }

  /** Size and hash of what is in an open file, from its start. */
  static Entry entry(SeekableByteChannel channel) throws IOException {
    MessageDigest digest = sha256();
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
    channel.position(0);
    long size = 0;
    for (int read = channel.read(chunk); read >= 0; read = channel.read(chunk.clear())) {
      digest.update(chunk.flip());
      size += read;
    }
    channel.position(0);
    return new Entry(size, HexFormat.of().formatHex(digest.digest()), false);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** What a file should be. */
  Entry expected(String path) throws AlteredException {
    Entry expected = manifest.files().get(path);
    if (expected == null) {
      throw new AlteredException(folder.resolve(path), "it was added");
    }
    return expected;
  }

  /** The bytes of a small file, checked: those that are returned, whatever is written meanwhile. */
  public byte[] read(String path) throws IOException {
    Entry expected = expected(path);
    Path file = Manifest.place(folder, path);
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, expected.sizeBytes() + 1));
    } catch (NoSuchFileException e) {
      throw new AlteredException(file, "it is missing");
    }
    require(
        file,
        expected,
        new Entry(bytes.length, HexFormat.of().formatHex(sha256().digest(bytes)), false));
    return bytes;
  }

  /** Checks one file. */
  void require(String path) throws IOException {
    Entry expected = expected(path);
    Path file = Manifest.place(folder, path);
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      require(file, expected, channel);
    } catch (NoSuchFileException e) {
      throw new AlteredException(file, "it is missing");
    }
  }

  /** Checks what is in an open file. */
  static void require(Path file, Entry expected, SeekableByteChannel channel) throws IOException {
    require(
        file,
        expected,
        channel.size() == expected.sizeBytes()
            ? entry(channel)
            : new Entry(channel.size(), "", false));
  }

  static void require(Path file, Entry expected, Entry found) throws AlteredException {
    if (!expected.hasContentOf(found)) {
      throw new AlteredException(
          file,
          found.sizeBytes() == expected.sizeBytes()
              ? "its content was changed"
              : "it has not the " + expected.sizeBytes() + " bytes that it had");
    }
  }

  /**
   * Checks what is used before or beside the pages.
   *
   * @param resources folder of the pages, whose files are checked when they are served
   * @param all whether there is a back end: it may load any of the files
   */
  public void requireAtStart(Path resources, boolean all) throws IOException {
    for (String path : manifest.files().keySet()) {
      if (all || isUsedAtStart(resources, folder.resolve(path))) {
        require(path);
      }
    }
    requireNothingAdded(all ? folder : folder.resolve("extensions"));
  }

  private boolean isUsedAtStart(Path resources, Path file) {
    return !file.startsWith(resources)
        || file.equals(folder.resolve("socket.ini"))
        || file.startsWith(folder.resolve("extensions"));
  }

  /** Checks every file, and that there is no other. */
  void requireExactly() throws IOException {
    requireAtStart(folder, true);
  }

  private void requireNothingAdded(Path below) throws IOException {
    if (!Files.exists(below)) {
      return;
    }
    Files.walkFileTree(
        below,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            String path = folder.relativize(file).toString().replace('\\', '/');
            if (!path.equals(Manifest.FILE) && !attributes.isRegularFile()) {
              throw new AlteredException(file, "it is a link, or no file");
            }
            if (!path.equals(Manifest.FILE)) {
              expected(path);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
