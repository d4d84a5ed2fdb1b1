package dev.dunlin.shell.update;

import dev.dunlin.net.swarm.Offer;
import dev.dunlin.net.swarm.Shelf;
import dev.dunlin.net.wire.Id;
import dev.dunlin.scheduler.Clock;
import dev.dunlin.scheduler.Threads;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;

/** One version's files, for others of its swarm. By hash only: no stranger names a path. */
final class UpdateShelf implements Shelf {
  private static final int THREADS = 2;

  /** Reads that wait; more than a provider has under way never come, and would fail. */
  private static final int MAX_WAITING = 32;

  private final Manifest files;
  private final Map<String, Path> places;
  private final Map<Id, Path> byHash = new HashMap<>();
  private final Clock clock;
  private final ExecutorService reader = Threads.pool("update-shelf", THREADS, MAX_WAITING);

  /** Set once. */
  private volatile Optional<Signed> signed = Optional.empty();

  /** Made when it is first asked for: it takes reading all large files. Under the lock of this. */
  private Optional<byte[]> pieces = Optional.empty();

  private record Signed(Manifest manifest, byte[] bytes, Id hash) {}

  /**
   * @param files what is there; if it is signed, it is offered
   * @param places of its files, by their path
   */
  UpdateShelf(Manifest files, Map<String, Path> places, Clock clock) {
    this.files = files;
    this.places = Map.copyOf(places);
    this.clock = clock;
    files.files().forEach((path, entry) -> byHash.put(Id.parse(entry.sha256()), places.get(path)));
    if (files.release().isPresent()) {
      offer(files);
    }
  }

  /** Of a version that is installed. */
  static UpdateShelf of(AppFolder app, Clock clock) {
    Map<String, Path> places = new HashMap<>();
    app.manifest()
        .files()
        .keySet()
        .forEach(path -> places.put(path, Manifest.place(app.folder(), path)));
    return new UpdateShelf(app.manifest(), places, clock);
  }

  /** Of what {@code dunlin sign} has made. */
  static UpdateShelf ofServer(Path folder, Manifest manifest, Clock clock) {
    Map<String, Path> places = new HashMap<>();
    manifest
        .files()
        .forEach(
            (path, entry) ->
                places.put(path, folder.resolve(Updater.FILES).resolve(entry.sha256())));
    return new UpdateShelf(manifest, places, clock);
  }

  boolean hasOffer() {
    return signed.isPresent();
  }

  /**
   * From now on the version is offered by this manifest.
   *
   * @param manifest checked, of the same files
   */
  void offer(Manifest manifest) {
    byte[] bytes = manifest.toBytes();
    signed = Optional.of(new Signed(manifest, bytes, Id.of(AppFolder.sha256().digest(bytes))));
  }

  @Override
  public Optional<Offer> offer() {
    return signed
        .filter(it -> clock.wallTime().isBefore(it.manifest.release().orElseThrow().expires()))
        .map(
            it -> {
              Version version = it.manifest.version();
              return new Offer(
                  it.hash, it.bytes.length, version.major(), version.minor(), version.patch());
            });
  }

  @Override
  public Future<Optional<byte[]>> read(Id content, long offset, int sizeBytes) {
    Promise<Optional<byte[]>> promise = Promise.promise();
    try {
      reader.execute(
          () -> {
            try {
              promise.complete(readNow(content, offset, sizeBytes));
            } catch (IOException e) {
              promise.fail(e);
            }
          });
    } catch (RejectedExecutionException e) {
      promise.fail(e);
    }
    return promise.future();
  }

  private Optional<byte[]> readNow(Id content, long offset, int sizeBytes) throws IOException {
    Optional<Signed> now = signed;
    if (now.filter(it -> it.hash.equals(content)).isPresent()) {
      return part(now.get().bytes, offset, sizeBytes);
    }
    Optional<String> list = now.flatMap(it -> it.manifest.release().orElseThrow().pieces());
    if (list.equals(Optional.of(content.hex()))) {
      return part(pieces(), offset, sizeBytes);
    }
    Path file = byHash.get(content);
    return file == null ? Optional.empty() : part(file, offset, sizeBytes);
  }

  private synchronized byte[] pieces() throws IOException {
    if (pieces.isEmpty()) {
      pieces = Optional.of(Pieces.list(files, places));
    }
    return pieces.get();
  }

  private static Optional<byte[]> part(byte[] all, long offset, int sizeBytes) {
    return offset + sizeBytes <= all.length
        ? Optional.of(Arrays.copyOfRange(all, (int) offset, (int) offset + sizeBytes))
        : Optional.empty();
  }

  private static Optional<byte[]> part(Path file, long offset, int sizeBytes) throws IOException {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    ByteBuffer part = ByteBuffer.allocate(sizeBytes);
    try (FileChannel channel = FileChannel.open(file)) {
      for (int read = 0; read >= 0 && part.hasRemaining(); ) {
        read = channel.read(part, offset + part.position());
      }
    }
    return part.hasRemaining() ? Optional.empty() : Optional.of(part.array());
  }

  void close() {
    reader.shutdownNow();
  }
}
