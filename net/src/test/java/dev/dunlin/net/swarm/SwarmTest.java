package dev.dunlin.net.swarm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.net.crypto.Hashes;
import dev.dunlin.net.peer.Peer;
import dev.dunlin.net.peer.PeerEvents;
import dev.dunlin.net.peer.PeerException;
import dev.dunlin.net.sim.SimNetwork.Nat;
import dev.dunlin.net.swarm.SwarmWorld.Fetched;
import dev.dunlin.net.swarm.SwarmWorld.Goods;
import dev.dunlin.net.wire.Id;
import dev.dunlin.scheduler.RandomSource;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SwarmTest {
  private static final byte[] BIG = SwarmWorld.content(1, 900_000);
  private static final byte[] MANIFEST = SwarmWorld.content(2, 3_000);

  private final SwarmWorld world = new SwarmWorld(0, 1);

  private static Goods goods() {
    Goods goods = new Goods().offering(MANIFEST, 1, 2);
    goods.put(BIG);
    return goods;
  }

  private Swarm linked(Shelf shelf, int others) {
    Swarm swarm = world.member(shelf, Nat.PORT);
    assertTrue(world.within(30_000, () -> swarm.members() >= others), "members come");
    return swarm;
  }

  private void comes(Swarm to, long millis) {
    Fetched fetched = world.fetch(to, SwarmWorld.blobs(BIG));
    assertTrue(world.within(millis, fetched::isDone), "in " + millis + " ms, at " + fetched.at);
    assertEquals(Optional.empty(), fetched.fault);
    assertArrayEquals(BIG, fetched.bytes);
  }

  // ---- honest use

  @Test
  void learnsWhatMembersHaveAndFetchesIt() {
    world.member(goods(), Nat.PORT);
    Swarm reader = world.member(Shelf.EMPTY, Nat.PORT);
    List<Offer> offers = world.survey(reader);
    assertEquals(1, offers.size());
    assertEquals(2, offers.get(0).minor());
    Fetched manifest =
        world.fetch(
            reader, List.of(Blob.whole(offers.get(0).manifest(), offers.get(0).manifestBytes())));
    assertTrue(world.within(2_000, manifest::isDone));
    assertArrayEquals(MANIFEST, manifest.bytes);
    comes(reader, 10_000);
  }

  @Test
  void fetchesFromSeveralMembersAtOnceAndFasterThanFromOne() {
    world.member(goods(), Nat.PORT);
    Swarm reader = linked(Shelf.EMPTY, 1);
    long begin = world.millis();
    comes(reader, 30_000);
    long alone = world.millis() - begin;
    for (int i = 0; i < 3; i++) {
      world.member(goods(), Nat.PORT);
    }
    assertTrue(world.within(60_000, () -> reader.members() == 4));
    begin = world.millis();
    Fetched fetched = world.fetch(reader, SwarmWorld.blobs(BIG));
    assertTrue(world.within(30_000, fetched::isDone));
    assertArrayEquals(BIG, fetched.bytes);
    assertTrue(fetched.download.sources() >= 3, "sources: " + fetched.download.sources());
    long together = world.millis() - begin;
    assertTrue(together * 3 < alone * 2, together + " ms, and " + alone + " from one");
  }

  @Test
  void bringsAllThroughALineThatLosesDatagrams() {
    SwarmWorld lossy = new SwarmWorld(0.02, 3);
    lossy.member(goods(), Nat.PORT);
    Swarm reader = lossy.member(Shelf.EMPTY, Nat.PORT);
    assertTrue(lossy.within(60_000, () -> reader.members() == 1));
    Fetched fetched = lossy.fetch(reader, SwarmWorld.blobs(BIG));
    assertTrue(lossy.within(120_000, fetched::isDone), "at " + fetched.at);
    assertArrayEquals(BIG, fetched.bytes);
  }

  @Test
  void goesOnWithOthersWhenOneGoesAway() {
    Swarm first = world.member(goods(), Nat.PORT);
    world.member(goods(), Nat.PORT);
    Swarm reader = linked(Shelf.EMPTY, 2);
    Fetched fetched = world.fetch(reader, SwarmWorld.blobs(BIG));
    assertTrue(world.within(10_000, () -> fetched.at > 200_000));
    world.run(first::close);
    assertTrue(world.within(60_000, fetched::isDone), "at " + fetched.at);
    assertArrayEquals(BIG, fetched.bytes);
  }

  @Test
  void asksOthersForWhatAMemberLacks() {
    world.member(new Goods().offering(MANIFEST, 1, 2), Nat.PORT);
    world.member(goods(), Nat.PORT);
    Swarm reader = linked(Shelf.EMPTY, 2);
    comes(reader, 15_000);
  }

  @Test
  void saysSoWhenNobodyHasIt() {
    world.member(new Goods(), Nat.PORT);
    Swarm reader = linked(Shelf.EMPTY, 1);
    Fetched fetched = world.fetch(reader, SwarmWorld.blobs(BIG));
    assertTrue(world.within(10_000, fetched::isDone));
    assertEquals("EHOSTUNREACH", ((PeerException) fetched.fault.orElseThrow()).code());
    List<Future<List<Offer>>> nobody = new ArrayList<>();
    Swarm other = world.member(Shelf.EMPTY, Nat.PORT, Quota.OF_APP, Swarm.sharedKey("another app"));
    world.run(() -> nobody.add(other.survey()));
    assertTrue(world.within(30_000, nobody.get(0)::isComplete));
    assertEquals("EHOSTUNREACH", ((PeerException) nobody.get(0).cause()).code());
  }

  @Test
  void findsMembersByEachOfItsKeys() {
    byte[] next = Swarm.sharedKey("the next key");
    world.member(goods(), Nat.PORT, Quota.OF_APP, SwarmWorld.KEY, next);
    Swarm old = linked(Shelf.EMPTY, 1);
    Swarm fresh = world.member(Shelf.EMPTY, Nat.PORT, Quota.OF_APP, next);
    assertEquals(1, world.survey(old).size());
    assertEquals(1, world.survey(fresh).size());
  }

  @Test
  void tellsTheNewestFirstAndWhatMoreMembersHave() {
    world.member(new Goods().offering(SwarmWorld.content(5, 10), 1, 9), Nat.PORT);
    world.member(new Goods().offering(SwarmWorld.content(6, 10), 1, 10), Nat.PORT);
    world.member(new Goods().offering(SwarmWorld.content(7, 10), 1, 10), Nat.PORT);
    world.member(new Goods().offering(SwarmWorld.content(7, 10), 1, 10), Nat.PORT);
    Swarm reader = linked(Shelf.EMPTY, 4);
    List<Offer> offers = world.survey(reader);
    assertEquals(List.of(10, 10, 9), offers.stream().map(Offer::minor).toList());
    assertEquals(Id.of(Hashes.sha256(SwarmWorld.content(7, 10))), offers.get(0).manifest());
  }

  @Test
  void leavesNoTimerAndNoSocket() {
    Goods goods = goods();
    var host = world.host(Nat.OPEN);
    Swarm swarm =
        new Swarm(
            SwarmWorld.CLUSTER,
            List.of(SwarmWorld.KEY),
            world.introducers,
            Quota.OF_APP,
            goods,
            world.scheduler,
            RandomSource.seeded(7),
            host);
    world.run(swarm::start);
    List<Future<?>> ended = new ArrayList<>();
    world.run(
        () -> {
          ended.add(swarm.survey());
          ended.add(swarm.download(SwarmWorld.blobs(BIG)).next());
        });
    world.run(swarm::close);
    assertTrue(ended.stream().allMatch(Future::failed));
    assertEquals(0, host.sockets());
  }

  // ---- attacks

  /** Gives other bytes than it was asked for. */
  private static Goods liar(int[] lies, boolean shorter) {
    Goods liar =
        new Goods() {
          @Override
          public Future<Optional<byte[]>> read(Id content, long offset, int sizeBytes) {
            lies[0]++;
            byte[] bytes = SwarmWorld.content(lies[0], shorter ? sizeBytes - 1 : sizeBytes);
            return Future.succeededFuture(Optional.of(bytes));
          }
        };
    return liar.offering(MANIFEST, 1, 2);
  }

  @Test
  void asksNobodyAgainWhoGaveAWrongChunk() {
    int[] lies = new int[1];
    world.member(liar(lies, false), Nat.PORT);
    world.member(liar(lies, false), Nat.PORT);
    world.member(goods(), Nat.PORT);
    Swarm reader = linked(Shelf.EMPTY, 3);
    comes(reader, 30_000);
    assertEquals(1, reader.members());
    // What a window held when its first lie was seen, of each of the two.
    assertTrue(lies[0] > 0 && lies[0] <= 2 * SwarmLimits.MAX_WINDOW, "lies: " + lies[0]);
    int before = lies[0];
    comes(reader, 30_000);
    assertEquals(before, lies[0]);
  }

  @Test
  void asksNobodyAgainWhoGaveATruncatedChunk() {
    int[] lies = new int[1];
    world.member(liar(lies, true), Nat.PORT);
    world.member(goods(), Nat.PORT);
    Swarm reader = linked(Shelf.EMPTY, 2);
    comes(reader, 30_000);
    assertTrue(lies[0] > 0, "it was asked");
    assertEquals(1, reader.members());
  }

  @Test
  void failsAndWaitsForNobodyWhenAllLie() {
    int[] lies = new int[1];
    world.member(liar(lies, false), Nat.PORT);
    Swarm reader = linked(Shelf.EMPTY, 1);
    Fetched fetched = world.fetch(reader, SwarmWorld.blobs(BIG));
    assertTrue(world.within(10_000, fetched::isDone));
    assertEquals(0, fetched.at);
    assertTrue(fetched.fault.isPresent());
  }

  @Test
  void isNotHeldUpForLongByWhoNeverAnswers() {
    Goods silent =
        new Goods() {
          @Override
          public Future<Optional<byte[]>> read(Id content, long offset, int sizeBytes) {
            reads++;
            return Promise.<Optional<byte[]>>promise().future();
          }
        };
    world.member(silent.offering(MANIFEST, 1, 2), Nat.PORT);
    world.member(goods(), Nat.PORT);
    Swarm reader = linked(Shelf.EMPTY, 2);
    comes(reader, 20_000);
    assertTrue(silent.reads > 0);
  }

  @Test
  void believesNoAnswerThatItDidNotAskFor() {
    Goods good = goods();
    world.member(good, Nat.PORT);
    List<Id> others = new ArrayList<>();
    Peer[] stranger = new Peer[1];
    Id[] subcluster = new Id[1];
    stranger[0] =
        world.stranger(
            new PeerEvents() {
              @Override
              public void joined(Id peer, Id id) {
                others.add(peer);
                subcluster[0] = id;
              }
            });
    Swarm reader = linked(Shelf.EMPTY, 1);
    assertTrue(world.within(60_000, () -> others.contains(reader.id())));
    Fetched fetched = world.fetch(reader, SwarmWorld.blobs(BIG));
    // An endless stream of chunks and welcomes that nobody asked for, and of what is no message.
    int[] sent = new int[1];
    while (!fetched.isDone() && sent[0] < 1_000) {
      world.run(
          () -> {
            Said chunk = new Said.Chunk(sent[0], new byte[SwarmLimits.BLOCK_BYTES]);
            Said welcome =
                new Said.Welcome(
                    sent[0],
                    new byte[Said.TOKEN_BYTES],
                    Optional.of(new Offer(subcluster[0], 99, 999, 0, 0)));
            for (byte[] bytes :
                List.of(chunk.encode(), welcome.encode(), new byte[sent[0] % 100 * 300])) {
              try {
                stranger[0].stream(
                    reader.id(), subcluster[0], Hashes.sha256("dunlin update 1"), bytes);
              } catch (PeerException gone) {
                // It was cut off for it: just as well.
                sent[0] = Integer.MAX_VALUE - 1;
              }
            }
          });
      sent[0]++;
      world.within(10, () -> false);
    }
    assertTrue(world.within(60_000, fetched::isDone), "at " + fetched.at);
    assertArrayEquals(BIG, fetched.bytes);
    assertEquals(List.of(2), world.survey(reader).stream().map(Offer::minor).toList());
  }

  @Test
  void givesAFloodOfRequestsNoMoreThanItsQuotaAndServesOthersMeanwhile() {
    Goods good = goods();
    Quota quota = new Quota(400_000, Long.MAX_VALUE);
    Swarm giver = world.member(good, Nat.OPEN, quota, SwarmWorld.KEY);
    byte[][] token = new byte[1][];
    Id[] subcluster = new Id[1];
    long[] got = new long[1];
    int[] answers = new int[1];
    Peer flooder =
        world.stranger(
            new PeerEvents() {
              @Override
              public void joined(Id peer, Id id) {
                subcluster[0] = id;
              }

              @Override
              public void stream(Id from, PeerEvents.Message message) {
                Said said = Said.decode(message.bytes()).orElseThrow();
                answers[0]++;
                if (said instanceof Said.Welcome welcome) {
                  token[0] = welcome.token();
                } else if (said instanceof Said.Chunk chunk) {
                  got[0] += chunk.bytes().length;
                }
              }
            });
    Swarm reader = linked(Shelf.EMPTY, 1);
    assertTrue(
        world.within(30_000, () -> subcluster[0] != null && flooder.statistics().direct() > 2));
    byte[] event = Hashes.sha256("dunlin update 1");
    world.run(() -> flooder.stream(giver.id(), subcluster[0], event, new Said.Hello(1).encode()));
    assertTrue(world.within(10_000, () -> token[0] != null));
    Fetched honest = world.fetch(reader, SwarmWorld.blobs(BIG));
    long begin = world.millis();
    Id content = Id.of(Hashes.sha256(BIG));
    for (long i = 0; !honest.isDone() && i < 1_500; i++) {
      long nonce = i;
      world.run(
          () -> {
            for (int j = 0; j < 10; j++) {
              flooder.stream(
                  giver.id(),
                  subcluster[0],
                  event,
                  new Said.Get(nonce, token[0], content, 0, SwarmLimits.BLOCK_BYTES).encode());
            }
          });
      world.within(10, () -> false);
    }
    double seconds = (world.millis() - begin) / 1000.0;
    assertTrue(honest.isDone(), "the honest one got " + honest.at + " in " + seconds + " s");
    assertArrayEquals(BIG, honest.bytes);
    assertTrue(got[0] > 0);
    // Half of the rate for one, and the burst.
    assertTrue(got[0] <= 200_000 * (seconds + 1) + SwarmLimits.BLOCK_BYTES, got[0] + " bytes");
    assertTrue(
        answers[0] <= SwarmLimits.REQUESTS_PER_SECOND * (seconds + 2), answers[0] + " answers");
    assertTrue(giver.given() <= 400_000 * (seconds + 1) + SwarmLimits.BLOCK_BYTES);
  }

  @Test
  void givesNoMoreADayThanItsQuota() {
    world.member(goods(), Nat.PORT, new Quota(4 << 20, 500_000), SwarmWorld.KEY);
    Swarm reader = linked(Shelf.EMPTY, 1);
    Fetched fetched = world.fetch(reader, SwarmWorld.blobs(BIG));
    assertTrue(world.within(60_000, fetched::isDone));
    assertTrue(fetched.fault.isPresent());
    assertTrue(fetched.at <= 500_000 && fetched.at > 100_000, "at " + fetched.at);
    world.within(25 * 3_600_000L, () -> false);
    Fetched next = world.fetch(reader, SwarmWorld.blobs(BIG));
    assertTrue(world.within(20_000, () -> next.at > 100_000), "the next day");
  }

  @Test
  void givesNothingToWhoHasNotGotItsWelcome() {
    Goods good = goods();
    Swarm giver = world.member(good, Nat.OPEN);
    Id[] subcluster = new Id[1];
    List<Said> answers = new ArrayList<>();
    Peer stranger =
        world.stranger(
            new PeerEvents() {
              @Override
              public void joined(Id peer, Id id) {
                subcluster[0] = id;
              }

              @Override
              public void stream(Id from, PeerEvents.Message message) {
                Said.decode(message.bytes()).ifPresent(answers::add);
              }
            });
    assertTrue(
        world.within(60_000, () -> subcluster[0] != null && stranger.statistics().direct() > 2));
    byte[] forged = new byte[Said.TOKEN_BYTES];
    Id content = Id.of(Hashes.sha256(BIG));
    byte[] get = new Said.Get(1, forged, content, 0, SwarmLimits.BLOCK_BYTES).encode();
    world.run(
        () -> stranger.stream(giver.id(), subcluster[0], Hashes.sha256("dunlin update 1"), get));
    assertTrue(
        world.within(5_000, () -> answers.stream().anyMatch(Said.Refusal.class::isInstance)));
    assertEquals(0, good.reads);
    assertFalse(answers.stream().anyMatch(Said.Chunk.class::isInstance));
    assertTrue(answers.get(answers.size() - 1).encode().length < get.length);
  }

  @Test
  void readsNoMessageThatIsNone() {
    RandomSource random = RandomSource.seeded(11);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = random.bytes(i % 200);
      if (bytes.length > 0) {
        bytes[0] = (byte) (i % 7);
      }
      Said.decode(bytes)
          .ifPresent(
              message -> assertTrue(message.encode().length <= bytes.length || bytes.length > 80));
    }
    assertEquals(
        Optional.empty(),
        Said.decode(new byte[Said.CHUNK_HEAD_BYTES + SwarmLimits.BLOCK_BYTES + 1]));
    byte[] tooMuch =
        new Said.Get(1, new byte[16], Id.of(new byte[32]), 0, SwarmLimits.BLOCK_BYTES + 1).encode();
    assertEquals(Optional.empty(), Said.decode(tooMuch));
    byte[] negative = new Said.Get(1, new byte[16], Id.of(new byte[32]), -1, 5).encode();
    assertEquals(Optional.empty(), Said.decode(negative));
  }
}
