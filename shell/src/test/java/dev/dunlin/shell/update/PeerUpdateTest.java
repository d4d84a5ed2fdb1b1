package dev.dunlin.shell.update;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.net.crypto.Hashes;
import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.net.headless.VertxDatagrams;
import dev.dunlin.net.peer.Peer;
import dev.dunlin.net.peer.PeerConfig;
import dev.dunlin.net.peer.PeerConfig.Introducer;
import dev.dunlin.net.peer.PeerEvents;
import dev.dunlin.net.peer.Sealing;
import dev.dunlin.net.swarm.Offer;
import dev.dunlin.net.swarm.Quota;
import dev.dunlin.net.swarm.Shelf;
import dev.dunlin.net.swarm.Swarm;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import dev.dunlin.scheduler.EventLoops;
import dev.dunlin.scheduler.Lane;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.scheduler.VertxScheduler;
import dev.dunlin.shell.update.Manifest.KeyChange;
import dev.dunlin.shell.update.Manifest.Release;
import dev.dunlin.shell.update.UpdateException.Code;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Updates over real UDP on this machine: two introducers, some who have the app, some who lie. */
@Timeout(120)
class PeerUpdateTest {
  private static final int PORT = 39_801;
  private static final SystemClock CLOCK = new SystemClock();

  @TempDir private Path folder;
  private World world;
  private final Vertx vertx = EventLoops.create();
  private final List<Introducer> introducers = new ArrayList<>();
  private final List<UpdatePeer> peers = new ArrayList<>();

  @BeforeEach
  void begin() throws IOException {
    world = new World(folder).install();
    for (int i = 0; i < 2; i++) {
      String name = "introducer " + i;
      Endpoint at = Endpoint.parse("127.0.0." + (131 + i) + ":" + PORT);
      PeerConfig config =
          new PeerConfig(
              Id.of(Hashes.sha256(name)),
              SigningKeys.ofText(name),
              Id.of(Hashes.sha256("any")),
              true,
              Optional.of(at),
              PORT,
              0,
              PeerConfig.DEFAULT_KEEP_ALIVE,
              List.copyOf(introducers));
      Lane lane = Lane.create(vertx, name);
      Peer peer =
          new Peer(
              config,
              new VertxScheduler(vertx, lane),
              RandomSource.seeded(i),
              new VertxDatagrams(vertx, at.host()),
              Sealing.REAL,
              new PeerEvents() {});
      join(lane.call(peer::start));
      introducers.add(new Introducer(config.peerId(), at));
    }
  }

  @AfterEach
  void end() {
    peers.forEach(peer -> join(peer.close()));
    join(vertx.close());
  }

  private static <T> T join(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }

  // ---- who is there

  /** What dunlin sign would have written. */
  private Path signed(String name, SortedMap<String, byte[]> files, String version, SigningKeys key)
      throws IOException {
    return signed(name, files, version, key, Duration.ofDays(30), List.of());
  }

  private Path signed(
      String name,
      SortedMap<String, byte[]> files,
      String version,
      SigningKeys key,
      Duration days,
      List<KeyChange> changes)
      throws IOException {
    Path to = folder.resolve(name);
    Files.createDirectories(to.resolve("files"));
    Map<String, Path> places = new HashMap<>();
    for (var file : files.entrySet()) {
      Path place = to.resolve("files").resolve(World.hash(file.getValue()));
      Files.write(place, file.getValue());
      places.put(file.getKey(), place);
    }
    Manifest plain = World.manifest(version, files);
    Instant expires = CLOCK.wallTime().plus(days).truncatedTo(ChronoUnit.SECONDS);
    Release terms =
        new Release(
            expires,
            Version.parse("0.0.0"),
            Pieces.hash(Pieces.list(plain, places)),
            changes,
            Key.of(key),
            "");
    Files.write(to.resolve(Manifest.FILE), plain.sign(key, terms).toBytes());
    return to;
  }

  private UpdatePeer started(UpdatePeer peer) {
    peers.add(peer);
    join(peer.start());
    return peer;
  }

  private UpdatePeer publisher(Path update) throws IOException {
    return started(UpdatePeer.ofPublisher(vertx, UpdatePeer.ANY_ADDRESS, update, introducers));
  }

  private UpdatePeer app(World of) throws IOException {
    return started(UpdatePeer.ofApp(vertx, of.choose(), Key.of(World.AUTHOR), introducers));
  }

  /** A member that gives what it likes. */
  private Swarm stranger(Shelf shelf) {
    Lane lane = Lane.create(vertx, "stranger");
    String id = "dunlin-updates 1\n" + World.ID + "\n";
    Swarm swarm =
        new Swarm(
            Id.of(Swarm.sharedKey(id)),
            List.of(Swarm.sharedKey(id + Key.of(World.AUTHOR) + "\n")),
            introducers,
            Quota.OF_PUBLISHER,
            shelf,
            new VertxScheduler(vertx, lane),
            RandomSource.secure(),
            new VertxDatagrams(vertx, UpdatePeer.ANY_ADDRESS));
    join(lane.call(swarm::start));
    return swarm;
  }

  /** Offers a manifest that it has, as a version that it says. */
  private static Shelf offering(byte[] manifest, int major, Shelf rest) {
    Id hash = Id.of(Hashes.sha256(manifest));
    return new Shelf() {
      @Override
      public Optional<Offer> offer() {
        return Optional.of(new Offer(hash, manifest.length, major, 0, 0));
      }

      @Override
      public Future<Optional<byte[]>> read(Id content, long offset, int sizeBytes) {
        return content.equals(hash)
            ? Future.succeededFuture(
                Optional.of(Arrays.copyOfRange(manifest, (int) offset, (int) offset + sizeBytes)))
            : rest.read(content, offset, sizeBytes);
      }
    };
  }

  /** Waits until it knows so many others. */
  private void knows(UpdatePeer peer, int others) {
    Promise<Void> known = Promise.promise();
    long timer =
        vertx.setPeriodic(
            20,
            id ->
                peer.figures()
                    .onSuccess(
                        figures -> {
                          if (figures.members() >= others) {
                            known.tryComplete();
                          }
                        }));
    join(known.future());
    vertx.cancelTimer(timer);
  }

  private Updater updater(UpdatePeer peer, Source... more) throws IOException {
    UpdateStore.Choice running = world.choose();
    List<Source> sources = new ArrayList<>();
    sources.add(new PeerSource(peer, running.app().files(), running.trusted(), CLOCK));
    sources.addAll(List.of(more));
    return new Updater(running, new UpdateStore(world.updates()), CLOCK, sources);
  }

  /** Where the files came from. */
  private Set<String> update(Updater updater) {
    Set<String> sources = new LinkedHashSet<>();
    updater.download(
        new Updater.Progress() {
          @Override
          public void at(long done, long total) {
            assertTrue(done <= total);
          }

          @Override
          public void from(String source) {
            sources.add(source);
          }
        },
        () -> false);
    updater.apply();
    return sources;
  }

  private String opened() throws IOException {
    UpdateStore.Choice choice = world.choose();
    choice.app().files().requireExactly();
    return choice.app().version().toString();
  }

  private static SortedMap<String, byte[]> files(String version) {
    SortedMap<String, byte[]> files =
        new TreeMap<>(World.files(version, Map.of("src/new.js", "new", "src/empty.js", "")));
    files.put("src/big.bin", RandomSource.seeded(version.hashCode()).bytes(300_000));
    return files;
  }

  // ---- honest use

  @Test
  void anAppTakesItsUpdateFromPeersAloneAndGivesItToTheNextOne() throws IOException {
    UpdatePeer publisher = publisher(signed("update", files("1.1.0"), "1.1.0", World.AUTHOR));
    UpdatePeer first = app(world);
    assertEquals("peers", updater(first).check().orElseThrow().source());
    assertEquals(Set.of("peers"), update(updater(first)));
    assertEquals("1.1.0", opened());
    assertArrayEquals(
        files("1.1.0").get("src/big.bin"),
        Files.readAllBytes(world.choose().app().files().folder().resolve("src/big.bin")));
    // The publisher goes. Who has the update runs it, and gives it.
    join(publisher.close());
    peers.remove(publisher);
    UpdatePeer giver = app(world);
    World given = world;
    world = new World(folder.resolve("other")).install();
    UpdatePeer second = app(world);
    knows(second, 1);
    assertEquals(Set.of("peers"), update(updater(second)));
    assertEquals("1.1.0", opened());
    assertTrue(join(giver.figures()).givenBytes() > 300_000);
    assertTrue(updater(app(given)).check().isEmpty());
  }

  @Test
  void whatAPackageBroughtIsGivenToOthersOnceASignedManifestIsSeen() throws IOException {
    Path update = signed("update", World.files("1.0.0", Map.of()), "1.0.0", World.AUTHOR);
    publisher(update);
    UpdatePeer installed = app(world);
    assertTrue(installed.shelf().offer().isEmpty());
    assertTrue(updater(installed).check().isEmpty());
    Offer offer = installed.shelf().offer().orElseThrow();
    assertEquals(
        Id.of(Hashes.sha256(Files.readAllBytes(update.resolve(Manifest.FILE)))), offer.manifest());
  }

  @Test
  void goesOnWhereItBrokeOff() throws IOException {
    publisher(signed("update", files("1.1.0"), "1.1.0", World.AUTHOR));
    UpdatePeer app = app(world);
    long[] seen = new long[1];
    UpdateException end =
        assertThrows(
            UpdateException.class,
            () -> updater(app).download((done, total) -> seen[0] = done, () -> seen[0] > 150_000));
    assertEquals(Code.CANCELLED, end.code());
    List<Long> progress = new ArrayList<>();
    updater(app).download((done, total) -> progress.add(done), () -> false);
    // The small file that comes first is there, and of the large one the pieces that came whole.
    assertTrue(
        progress.stream().filter(done -> done > 1_000).findFirst().orElseThrow() > 128 << 10,
        progress.toString());
    updater(app).apply();
    assertEquals("1.1.0", opened());
  }

  @Test
  void followsAChangeOfKeyWithTheNewKeysPeers() throws IOException {
    List<KeyChange> changes = List.of(KeyChange.sign(World.ID, World.AUTHOR, Key.of(World.NEXT)));
    publisher(signed("update", files("1.1.0"), "1.1.0", World.NEXT, Duration.ofDays(9), changes));
    update(updater(app(world)));
    assertEquals("1.1.0", opened());
  }

  @Test
  void asksTheServerWherePeersHaveNothingAndForWhatPeersDoNotFinish() throws IOException {
    // Nobody but an app of the same version.
    World other = new World(folder.resolve("other")).install();
    app(other);
    UpdatePeer app = app(world);
    knows(app, 1);
    World server = new World(folder.resolve("server"));
    Manifest manifest =
        Manifest.parse(
            Files.readAllBytes(
                signed("update", files("1.1.0"), "1.1.0", World.AUTHOR).resolve(Manifest.FILE)));
    files("1.1.0").values().forEach(file -> server.server.put("files/" + World.hash(file), file));
    server.server.put("dunlin.manifest", manifest.toBytes());
    Source https = Updater.https(world.choose(), server::get);
    assertEquals("https", updater(app, https).check().orElseThrow().source());
    assertEquals(Set.of("https"), update(updater(app, https)));
    assertEquals("1.1.0", opened());

    // One who offers the next one, and has no files.
    Path next = signed("next", files("1.2.0"), "1.2.0", World.AUTHOR);
    for (byte[] file : files("1.2.0").values()) {
      server.server.put("files/" + World.hash(file), file);
      Files.deleteIfExists(next.resolve("files").resolve(World.hash(file)));
    }
    new UpdateStore(world.updates()).confirm(Version.parse("1.1.0"));
    byte[] newest = Files.readAllBytes(next.resolve(Manifest.FILE));
    stranger(
        new Shelf() {
          @Override
          public Optional<Offer> offer() {
            return Optional.of(new Offer(Id.of(Hashes.sha256(newest)), newest.length, 1, 2, 0));
          }

          @Override
          public Future<Optional<byte[]>> read(Id content, long offset, int sizeBytes) {
            return offering(newest, 1, Shelf.EMPTY).read(content, offset, sizeBytes);
          }
        });
    UpdatePeer again = app(world);
    knows(again, 2);
    Source both = Updater.https(world.choose(), server::get);
    assertEquals("peers", updater(again, both).check().orElseThrow().source());
    assertEquals(Set.of("peers", "https"), update(updater(again, both)));
    assertEquals("1.2.0", opened());
  }

  // ---- attacks

  private List<Path> outside() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(path -> !path.startsWith(world.updates())).sorted().toList();
    }
  }

  @Test
  void noLieKeepsTheHonestUpdateBackOrIsWrittenAnywhere() throws IOException {
    byte[] honest =
        Files.readAllBytes(
            signed("update", files("1.1.0"), "1.1.0", World.AUTHOR).resolve(Manifest.FILE));
    Path forged = signed("forged", files("9.0.0"), "9.0.0", World.STRANGER);
    Path expired =
        signed("expired", files("8.0.0"), "8.0.0", World.AUTHOR, Duration.ofDays(-1), List.of());
    // Truncated, signed by another, expired, an older one said to be new, and no manifest at all.
    stranger(offering(Arrays.copyOf(honest, honest.length - 70), 12, Shelf.EMPTY));
    stranger(offering(Files.readAllBytes(forged.resolve(Manifest.FILE)), 9, Shelf.EMPTY));
    stranger(offering(Files.readAllBytes(expired.resolve(Manifest.FILE)), 8, Shelf.EMPTY));
    stranger(offering(honest, 11, Shelf.EMPTY));
    stranger(offering(RandomSource.seeded(1).bytes(200_000), 10, Shelf.EMPTY));
    UpdatePeer app = app(world);
    knows(app, 5);
    List<Path> before = outside();
    UpdateException alone = assertThrows(UpdateException.class, () -> updater(app).check());
    assertEquals(Code.EXPIRED, alone.code(), alone.getMessage());
    assertEquals("1.0.0", opened());
    publisher(folder.resolve("update"));
    UpdatePeer other = app(world);
    knows(other, 6);
    assertEquals("1.1.0", updater(other).check().orElseThrow().version().toString());
    update(updater(other));
    assertEquals("1.1.0", opened());
    assertEquals(before, outside());
  }

  @Test
  void filesOfALiarAreRefusedAndThoseOfAnHonestPeerTaken() throws IOException {
    Path update = signed("update", files("1.1.0"), "1.1.0", World.AUTHOR);
    byte[] manifest = Files.readAllBytes(update.resolve(Manifest.FILE));
    int[] lies = new int[1];
    Shelf liar =
        new Shelf() {
          @Override
          public Optional<Offer> offer() {
            return Optional.of(new Offer(Id.of(Hashes.sha256(manifest)), manifest.length, 1, 1, 0));
          }

          @Override
          public Future<Optional<byte[]>> read(Id content, long offset, int sizeBytes) {
            if (content.is(Hashes.sha256(manifest))) {
              return Future.succeededFuture(Optional.of(manifest));
            }
            lies[0]++;
            return Future.succeededFuture(Optional.of(new byte[sizeBytes]));
          }
        };
    stranger(liar);
    UpdatePeer app = app(world);
    knows(app, 1);
    UpdateException refused =
        assertThrows(
            UpdateException.class, () -> updater(app).download((done, total) -> {}, () -> false));
    assertEquals(Code.NETWORK, refused.code(), refused.getMessage());
    assertTrue(lies[0] > 0);
    assertEquals("1.0.0", opened());
    publisher(update);
    UpdatePeer other = app(world);
    knows(other, 2);
    update(updater(other));
    assertEquals("1.1.0", opened());
  }

  @Test
  void neverGoesBack() throws IOException {
    publisher(signed("update", files("1.2.0"), "1.2.0", World.AUTHOR));
    update(updater(app(world)));
    // It did not come up: the one before is opened.
    UpdateStore store = new UpdateStore(world.updates());
    for (int i = 0; i < UpdateState.MAX_STARTS; i++) {
      store.countStart(Version.parse("1.2.0"));
    }
    assertEquals("1.0.0", opened());
    peers.forEach(peer -> join(peer.close()));
    peers.clear();
    publisher(signed("older", files("1.1.0"), "1.1.0", World.AUTHOR));
    UpdatePeer app = app(world);
    UpdateException refused = assertThrows(UpdateException.class, () -> updater(app).check());
    assertEquals(Code.DOWNGRADE, refused.code());
  }
}
