package dev.dunlin.shell.update;

import dev.dunlin.net.headless.VertxDatagrams;
import dev.dunlin.net.peer.PeerConfig;
import dev.dunlin.net.peer.PeerException;
import dev.dunlin.net.swarm.Blob;
import dev.dunlin.net.swarm.Download;
import dev.dunlin.net.swarm.Offer;
import dev.dunlin.net.swarm.Quota;
import dev.dunlin.net.swarm.Swarm;
import dev.dunlin.net.wire.Id;
import dev.dunlin.scheduler.Clock;
import dev.dunlin.scheduler.Lane;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.scheduler.VertxScheduler;
import dev.dunlin.shell.update.UpdateException.Code;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * The app's peer among those who have the app, whoever they are: gives what is here, and gets what
 * is newer. Who knows the app's id and its update key, which every copy has, can be one. Thread:
 * any.
 */
public final class UpdatePeer {
  /** Where its sockets are bound: the system chooses the way. */
  public static final String ANY_ADDRESS = "0.0.0.0";

  private static final long LOOK_MILLIS = 100;

  private final Lane lane;
  private final Swarm swarm;
  private final UpdateShelf shelf;

  private UpdatePeer(
      Vertx vertx,
      String address,
      String id,
      Set<Key> keys,
      List<PeerConfig.Introducer> introducers,
      Quota quota,
      UpdateShelf shelf) {
    this.lane = Lane.create(vertx, "updates");
    this.shelf = shelf;
    List<byte[]> shared = new ArrayList<>();
    for (Key key : keys) {
      shared.add(Swarm.sharedKey("dunlin-updates 1\n" + id + "\n" + key.text() + "\n"));
    }
    this.swarm =
        new Swarm(
            Id.of(Swarm.sharedKey("dunlin-updates 1\n" + id + "\n")),
            shared,
            introducers,
            quota,
            shelf,
            new VertxScheduler(vertx, lane),
            RandomSource.secure(),
            new VertxDatagrams(vertx, address));
  }

  /** Of an app that runs. */
  public static UpdatePeer ofApp(
      Vertx vertx, UpdateStore.Choice running, Key installed, List<PeerConfig.Introducer> peers) {
    AppFolder files = running.app().files();
    Set<Key> keys = keys(files.manifest());
    keys.add(installed);
    return new UpdatePeer(
        vertx,
        ANY_ADDRESS,
        files.manifest().id(),
        keys,
        peers,
        Quota.OF_APP,
        UpdateShelf.of(files, new SystemClock()));
  }

  /**
   * Of who publishes.
   *
   * @param folder what {@code dunlin sign} has made
   */
  public static UpdatePeer ofPublisher(
      Vertx vertx, String address, Path folder, List<PeerConfig.Introducer> peers)
      throws IOException {
    Clock clock = new SystemClock();
    Manifest manifest = Manifest.parse(Files.readAllBytes(folder.resolve(Manifest.FILE)));
    manifest.requireSignedBy(keys(manifest).iterator().next());
    if (!clock.wallTime().isBefore(manifest.release().orElseThrow().expires())) {
      throw new UpdateException(
          Code.EXPIRED, "nobody takes " + manifest.version() + " any more: sign it again");
    }
    Pieces.blob(manifest);
    return new UpdatePeer(
        vertx,
        address,
        manifest.id(),
        keys(manifest),
        peers,
        Quota.OF_PUBLISHER,
        UpdateShelf.ofServer(folder, manifest, clock));
  }

  /** All that have signed for the app, the oldest first: who has missed a change finds the rest. */
  private static Set<Key> keys(Manifest manifest) {
    Set<Key> keys = new LinkedHashSet<>();
    manifest
        .release()
        .ifPresent(
            release -> {
              release.changes().forEach(change -> keys.add(change.from()));
              keys.add(release.key());
            });
    return keys;
  }

  /** Completes when its sockets are open. */
  public Future<Void> start() {
    return lane.call(swarm::start);
  }

  /** Ends it. */
  public Future<Void> close() {
    return lane.call(
        () -> {
          swarm.close();
          shelf.close();
          return Future.succeededFuture();
        });
  }

  /** How it is: members that have answered, and bytes that were given. */
  public record Figures(int members, long givenBytes) {}

  public Future<Figures> figures() {
    return lane.call(() -> Future.succeededFuture(new Figures(swarm.members(), swarm.given())));
  }

  UpdateShelf shelf() {
    return shelf;
  }

  Future<List<Offer>> survey() {
    return lane.call(swarm::survey);
  }

  void ban(Offer offer) {
    lane.execute(() -> swarm.ban(offer));
  }

  /** Blobs on their way here, in order. Thread: any, one at a time. */
  static final class Blobs implements AutoCloseable {
    private final Lane lane;
    private final Future<Download> download;

    private Blobs(Lane lane, Future<Download> download) {
      this.lane = lane;
      this.download = download;
    }

    Future<byte[]> next() {
      return lane.call(() -> download.compose(Download::next));
    }

    @Override
    public void close() {
      download.onSuccess(begun -> lane.execute(begun::close));
    }
  }

  Blobs fetch(List<Blob> blobs) {
    return new Blobs(lane, lane.call(() -> Future.succeededFuture(swarm.download(blobs))));
  }

  /**
   * Waits for something that has an end of its own. Blocks.
   *
   * @throws IOException when it fails
   * @throws CancellationException when it was cancelled
   */
  static <T> T await(Future<T> future, BooleanSupplier cancelled) throws IOException {
    var result = future.toCompletionStage().toCompletableFuture();
    while (true) {
      if (cancelled.getAsBoolean()) {
        throw new CancellationException();
      }
      try {
        return result.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        // Look again whether it is still wanted.
        continue;
      } catch (ExecutionException e) {
        if (e.getCause() instanceof PeerException fault) {
          throw new IOException(fault.getMessage(), fault);
        }
        throw new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException();
      }
    }
  }
}
