package dev.dunlin.shell.update;

import dev.dunlin.net.swarm.Blob;
import dev.dunlin.net.swarm.SwarmLimits;
import dev.dunlin.net.wire.Id;
import dev.dunlin.shell.update.Manifest.Entry;
import dev.dunlin.shell.update.UpdateException.Code;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The SHA-256 of each {@value #PIECE_BYTES} bytes of files that are larger, one after the other in
 * the order of the manifest, each content once: so that a wrong piece is known before the file is
 * whole, and with it who gave it. The manifest has the SHA-256 of that list.
 */
public final class Pieces {
  /** Larger files come in pieces of so many bytes. */
  static final int PIECE_BYTES = 1 << 16;

  private final byte[] list;

  /** Where a content's pieces begin in the list. */
  private final Map<String, Integer> places;

  private Pieces(Manifest manifest, byte[] list) {
    this.list = list;
    this.places = places(manifest);
  }

  private static Map<String, Entry> large(Manifest manifest) {
    Map<String, Entry> large = new LinkedHashMap<>();
    manifest
        .files()
        .values()
        .forEach(
            entry -> {
              if (entry.sizeBytes() > PIECE_BYTES) {
                large.put(entry.sha256(), entry);
              }
            });
    return large;
  }

  private static Map<String, Integer> places(Manifest manifest) {
    Map<String, Integer> places = new LinkedHashMap<>();
    int at = 0;
    for (Entry entry : large(manifest).values()) {
      places.put(entry.sha256(), at);
      at += count(entry) * Id.BYTES;
    }
    return places;
  }

  private static int count(Entry entry) {
    return Math.toIntExact((entry.sizeBytes() + PIECE_BYTES - 1) / PIECE_BYTES);
  }

  /**
   * Reads the large files. Blocks.
   *
   * @param place of a file of the manifest
   * @return the list; empty where no file is large
   */
  public static byte[] list(Manifest manifest, Map<String, Path> place) throws IOException {
    ByteArrayOutputStream list = new ByteArrayOutputStream();
    byte[] piece = new byte[PIECE_BYTES];
    Map<String, Path> byHash = new LinkedHashMap<>();
    manifest.files().forEach((path, entry) -> byHash.put(entry.sha256(), place.get(path)));
    for (Entry entry : large(manifest).values()) {
      try (InputStream in = Files.newInputStream(byHash.get(entry.sha256()))) {
        for (int i = 0; i < count(entry); i++) {
          int count = in.readNBytes(piece, 0, PIECE_BYTES);
          list.writeBytes(AppFolder.sha256().digest(Arrays.copyOf(piece, count)));
        }
      }
    }
    return list.toByteArray();
  }

  /** What the manifest says of a list. */
  public static Optional<String> hash(byte[] list) {
    return list.length == 0
        ? Optional.empty()
        : Optional.of(HexFormat.of().formatHex(AppFolder.sha256().digest(list)));
  }

  /**
   * Where the list is to be had; absent where none is needed.
   *
   * @throws UpdateException when there should be one, and the manifest names none
   */
  static Optional<Blob> blob(Manifest manifest) {
    int size = large(manifest).values().stream().mapToInt(e -> count(e) * Id.BYTES).sum();
    if (size == 0) {
      return Optional.empty();
    }
    if (size > SwarmLimits.MAX_BLOB_BYTES) {
      throw new UpdateException(
          Code.CONTENT, "large files have too many pieces to come from peers: use [update] url");
    }
    String hash =
        manifest
            .release()
            .flatMap(Manifest.Release::pieces)
            .orElseThrow(
                () ->
                    new UpdateException(
                        Code.CONTENT,
                        "the manifest does not tell the pieces of large files, so they can't come"
                            + " from peers: sign it with this version of dunlin"));
    return Optional.of(Blob.whole(Id.parse(hash), size));
  }

  /**
   * @param list checked by its hash; empty where {@link #blob} is absent
   */
  static Pieces of(Manifest manifest, byte[] list) {
    return new Pieces(manifest, list);
  }

  /** A file's parts, from the one with that byte on; none of an empty file. */
  List<Blob> blobs(Entry entry, long from) {
    Id content = Id.parse(entry.sha256());
    if (entry.sizeBytes() <= PIECE_BYTES) {
      return entry.sizeBytes() == 0
          ? List.of()
          : List.of(Blob.whole(content, (int) entry.sizeBytes()));
    }
    List<Blob> blobs = new ArrayList<>();
    int place = places.get(entry.sha256());
    for (int i = (int) (from / PIECE_BYTES); i < count(entry); i++) {
      long offset = (long) i * PIECE_BYTES;
      int hash = place + i * Id.BYTES;
      blobs.add(
          new Blob(
              content,
              offset,
              (int) Math.min(PIECE_BYTES, entry.sizeBytes() - offset),
              Id.of(Arrays.copyOfRange(list, hash, hash + Id.BYTES))));
    }
    return blobs;
  }

  /** Where the first of {@link #blobs} begins. */
  static long begin(Entry entry, long from) {
    return entry.sizeBytes() <= PIECE_BYTES ? 0 : from / PIECE_BYTES * PIECE_BYTES;
  }
}
