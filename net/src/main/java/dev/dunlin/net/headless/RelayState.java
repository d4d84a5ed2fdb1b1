package dev.dunlin.net.headless;

import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.net.peer.PeerException;
import dev.dunlin.net.peer.PeerState;
import dev.dunlin.scheduler.RandomSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/**
 * A relay's folder: who it is, and what it keeps for others. Only its owner may read it. Blocks.
 */
final class RelayState {
  private static final String IDENTITY = "identity";
  private static final String CACHE = "cache.json";
  private static final Set<PosixFilePermission> OWNER =
      Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private final Path folder;

  RelayState(Path folder) {
    this.folder = folder;
  }

  /** The keys of the last run, or new ones. */
  SigningKeys identity(RandomSource random) {
    Path file = folder.resolve(IDENTITY);
    try {
      Files.createDirectories(folder);
      if (!Files.exists(file)) {
        byte[] seed = random.bytes(SigningKeys.SEED_BYTES);
        write(file, HexFormat.of().formatHex(seed).getBytes(StandardCharsets.US_ASCII));
      }
      return SigningKeys.ofSeed(HexFormat.of().parseHex(Files.readString(file).strip()));
    } catch (IOException | IllegalArgumentException e) {
      throw new PeerException(
          "EACCES",
          "the relay's identity "
              + file
              + " can't be read or written ("
              + e
              + "): --state takes a folder of yours");
    }
  }

  /** What was kept; nothing in a first run. */
  Optional<PeerState> load() {
    Path file = folder.resolve(CACHE);
    try {
      return Files.exists(file)
          ? Optional.of(PeerState.decode(Files.readAllBytes(file)))
          : Optional.empty();
    } catch (IOException e) {
      throw new PeerException("EACCES", "the relay's cache " + file + " can't be read: " + e);
    }
  }

  /** Replaces what was kept, whole or not at all. */
  void save(byte[] state) throws IOException {
    write(folder.resolve(CACHE), state);
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(fresh);
    if (fresh.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(fresh, OWNER);
    }
    Files.write(fresh, bytes, StandardOpenOption.WRITE);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
