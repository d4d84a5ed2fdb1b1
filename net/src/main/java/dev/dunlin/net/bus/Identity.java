package dev.dunlin.net.bus;

import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.net.peer.PeerException;
import dev.dunlin.scheduler.RandomSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * The signing keys of an app, in a file of its data folder that only its user may read; made at the
 * first use. Thread: a worker.
 */
final class Identity {
  static final String FILE = "network.key";

  /** Folder beside it for what else pages do not see. */
  static final String PRIVATE = ".network";

  private static final int TEXT_CHARS = 2 * SigningKeys.SEED_BYTES;

  private final Path folder;
  private final RandomSource random;

  Identity(Path folder, RandomSource random) {
    this.folder = folder;
    this.random = random;
  }

  /** Everything that no page may see, whatever its policy. */
  List<Path> secretFiles() {
    return List.of(folder.resolve(FILE), folder.resolve(PRIVATE));
  }

  /** For its user alone; made if it is not there. */
  Path privateFolder() throws IOException {
    Files.createDirectories(folder, only("rwx------"));
    Path made = folder.resolve(PRIVATE);
    if (!Files.isDirectory(made, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(made, only("rwx------"));
    }
    return made;
  }

  private static boolean isPosix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }

  private static FileAttribute<?>[] only(String permissions) {
    return isPosix()
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /**
   * @throws PeerException when the file can't be read or made, is not one of ours, or is open to
   *     others
   */
  synchronized SigningKeys keys() {
    Path file = folder.resolve(FILE);
    try {
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        make(file);
      }
      return read(file);
    } catch (IOException e) {
      throw new PeerException(
          "EACCES",
          "the key file " + file + " can't be read or made (" + e + "): see to its folder");
    }
  }

  private void make(Path file) throws IOException {
    String text = HexFormat.of().formatHex(random.bytes(SigningKeys.SEED_BYTES)) + "\n";
    Path draft = draft(FILE, text.getBytes(StandardCharsets.US_ASCII));
    try {
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** A file that nobody else can read, under a name of its own: nothing is ever half written. */
  Path draft(String name, byte[] bytes) throws IOException {
    Path draft = privateFolder().resolve(name + "." + random.hex128());
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    try (var out =
        Files.newByteChannel(
            draft,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            only("rw-------"))) {
      while (rest.hasRemaining()) {
        out.write(rest);
      }
    } catch (IOException e) {
      Files.deleteIfExists(draft);
      throw e;
    }
    return draft;
  }

  private static SigningKeys read(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        || Files.size(file) > TEXT_CHARS + 2) {
      throw malformed(file);
    }
    if (isPosix()) {
      Set<PosixFilePermission> allowed =
          EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
      if (!allowed.containsAll(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS))) {
        throw new PeerException(
            "EACCES",
            "the key file "
                + file
                + " is open to others, who may have read it: remove it to get new keys, or chmod"
                + " 600 if you trust them");
      }
    }
    String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    try {
      return SigningKeys.ofSeed(HexFormat.of().parseHex(text));
    } catch (IllegalArgumentException e) {
      throw malformed(file);
    }
  }

  private static PeerException malformed(Path file) {
    return new PeerException(
        "EMALFORMED",
        "the key file "
            + file
            + " is not one line of "
            + TEXT_CHARS
            + " hex digits: remove it to get new keys");
  }
}
