package dev.dunlin.net.bus;

import dev.dunlin.net.crypto.Hashes;
import dev.dunlin.net.peer.PeerException;
import dev.dunlin.net.peer.PeerState;
import dev.dunlin.net.wire.Id;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * What the app's peers keep from one run to the next: a file for each cluster and peer id, which no
 * page may see. Thread: a worker; whole files are replaced, so any may read.
 */
final class StateFiles {
  private static final String END = ".state";

  private final Identity identity;

  StateFiles(Identity identity) {
    this.identity = identity;
  }

  private static String name(Id cluster, Id peer) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(cluster.bytes());
    both.writeBytes(peer.bytes());
    return HexFormat.of().formatHex(Hashes.sha256(both.toByteArray())) + END;
  }

  /**
   * What was kept; nothing in a first run.
   *
   * @throws PeerException when it can't be read
   */
  Optional<PeerState> read(Id cluster, Id peer) {
    try {
      Path file = identity.privateFolder().resolve(name(cluster, peer));
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          || Files.size(file) > BusLimits.STATE_BYTES) {
        return Optional.empty();
      }
      return Optional.of(PeerState.decode(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new PeerException("EACCES", "the saved state of the peer can't be read: " + e);
    }
  }

  /** Replaces what was kept, whole or not at all. */
  void write(Id cluster, Id peer, byte[] state) throws IOException {
    Path folder = identity.privateFolder();
    Path file = folder.resolve(name(cluster, peer));
    Path draft = identity.draft(file.getFileName().toString(), state);
    try {
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(draft);
    }
    prune(folder);
  }

  /** An app that has another peer id each time leaves one file each time. */
  private static void prune(Path folder) throws IOException {
    record Aged(Path file, long millis) {}
    List<Aged> all = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + END)) {
      for (Path file : files) {
        all.add(new Aged(file, Files.getLastModifiedTime(file).toMillis()));
      }
    }
    all.sort(Comparator.comparingLong(Aged::millis).reversed());
    for (Aged old : all.subList(Math.min(BusLimits.STATES, all.size()), all.size())) {
      Files.deleteIfExists(old.file());
    }
  }
}
