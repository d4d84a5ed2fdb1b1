package dev.dunlin.net.swarm;

import dev.dunlin.net.crypto.Hashes;
import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.net.limits.BoundedMap;
import dev.dunlin.net.nat.NatType;
import dev.dunlin.net.peer.Datagrams;
import dev.dunlin.net.peer.Peer;
import dev.dunlin.net.peer.PeerConfig;
import dev.dunlin.net.peer.PeerEvents;
import dev.dunlin.net.peer.PeerException;
import dev.dunlin.net.peer.Sealing;
import dev.dunlin.net.swarm.Said.Chunk;
import dev.dunlin.net.swarm.Said.Get;
import dev.dunlin.net.swarm.Said.Hello;
import dev.dunlin.net.swarm.Said.Refusal;
import dev.dunlin.net.swarm.Said.Welcome;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.Scheduler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A peer that gives what is on its shelf to the other members of its swarm, and gets what is on
 * theirs. Members are strangers: everything from them is a hint until its hash, or a signature that
 * the caller checks, says otherwise. Thread: the lane of its scheduler, everything.
 */
public final class Swarm {
  private static final byte[] EVENT = Hashes.sha256("dunlin update 1");
  private static final int SECRET_BYTES = 32;

  private final Scheduler scheduler;
  private final RandomSource random;
  private final List<byte[]> sharedKeys;
  private final Peer peer;
  private final Provider provider;

  /** Which of our subclusters a peer is in, and who is linked: both make a member. */
  private final BoundedMap<Id, Id> subclusters = new BoundedMap<>(SwarmLimits.MAX_KNOWN);

  private final BoundedMap<Id, Boolean> linked = new BoundedMap<>(SwarmLimits.MAX_KNOWN);
  private final BoundedMap<Id, Member> members = new BoundedMap<>(SwarmLimits.MAX_MEMBERS);
  private final BoundedMap<Id, Boolean> banned = new BoundedMap<>(SwarmLimits.MAX_BANNED);
  private final Set<Download> downloads = new LinkedHashSet<>();
  private final List<Survey> surveys = new ArrayList<>();
  private Optional<Scheduler.Timer> timer = Optional.empty();
  private int turn;
  private boolean pumping;

  /** A question to all who are there. */
  private static final class Survey {
    final Promise<List<Offer>> promise = Promise.promise();
    final long begunAt;
    long firstAt = Long.MAX_VALUE;

    Survey(long begunAt) {
      this.begunAt = begunAt;
    }
  }

  /**
   * @param cluster what its peer is a peer of
   * @param sharedKeys of the subclusters whose members are ours; known to everybody
   */
  public Swarm(
      Id cluster,
      List<byte[]> sharedKeys,
      List<PeerConfig.Introducer> introducers,
      Quota quota,
      Shelf shelf,
      Scheduler scheduler,
      RandomSource random,
      Datagrams datagrams) {
    this.scheduler = scheduler;
    this.random = random;
    this.sharedKeys = List.copyOf(sharedKeys);
    this.provider = new Provider(scheduler, shelf, quota, random.bytes(SECRET_BYTES));
    // Another one at each start: what an address did yesterday can't be told from its peer id.
    SigningKeys keys = SigningKeys.ofSeed(random.bytes(SigningKeys.SEED_BYTES));
    PeerConfig config =
        new PeerConfig(
            Id.of(Hashes.sha256(keys.publicKey())),
            keys,
            cluster,
            false,
            Optional.empty(),
            0,
            0,
            PeerConfig.DEFAULT_KEEP_ALIVE,
            introducers);
    this.peer = new Peer(config, scheduler, random, datagrams, Sealing.REAL, new Events());
  }

  /** The key of a text that its members know. */
  public static byte[] sharedKey(String text) {
    return Hashes.sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  public Id id() {
    return peer.id();
  }

  /** Completes when its sockets are open. */
  public Future<Void> start() {
    return peer.start()
        .onSuccess(
            none -> {
              sharedKeys.forEach(peer::join);
              tick();
            });
  }

  /** Ends it, and all that goes on. */
  public void close() {
    check();
    timer.ifPresent(Scheduler.Timer::cancel);
    timer = Optional.empty();
    List.copyOf(downloads).forEach(Download::close);
    surveys.forEach(
        survey -> survey.promise.fail(new PeerException("ECANCELED", "the peer was ended")));
    surveys.clear();
    peer.close();
  }

  /**
   * Asks all members what they have. Completes with what they said, the newest first, those that
   * more members have before others; nothing of who has no version. Fails with a {@link
   * PeerException} EHOSTUNREACH when nobody is there.
   */
  public Future<List<Offer>> survey() {
    check();
    Survey survey = new Survey(now());
    surveys.add(survey);
    for (Member member : members.values()) {
      member.hellos = 0;
      hello(member);
    }
    wake(SwarmLimits.TICK_MILLIS);
    return survey.promise.future();
  }

  /** Brings blobs here, in that order. */
  public Download download(List<Blob> blobs) {
    check();
    Download download = new Download(this, blobs);
    downloads.add(download);
    wake(SwarmLimits.TICK_MILLIS);
    pump();
    return download;
  }

  /** Whoever offers that lies, and is asked no more. */
  public void ban(Offer offer) {
    check();
    for (Id id : members.keys()) {
      members
          .get(id)
          .filter(member -> member.offer.equals(Optional.of(offer)))
          .ifPresent(this::ban);
    }
  }

  /** Members that have answered. */
  public int members() {
    int count = 0;
    for (Member member : members.values()) {
      count += member.token.isPresent() ? 1 : 0;
    }
    return count;
  }

  /** Bytes of content that were given to others. */
  public long given() {
    return provider.given();
  }

  // ---- for downloads

  void check() {
    scheduler.lane().check();
  }

  long now() {
    return scheduler.now().toMillis();
  }

  long nonce() {
    return ByteBuffer.wrap(random.bytes(Long.BYTES)).getLong();
  }

  /** False when no way leads there now. */
  boolean say(Id to, Id subcluster, Said message) {
    try {
      peer.stream(to, subcluster, EVENT, message.encode());
      return true;
    } catch (PeerException unreachable) {
      return false;
    }
  }

  void ban(Member member) {
    banned.put(member.id, true);
    members.remove(member.id);
    Download.rest(this, member, Long.MAX_VALUE / 2);
    pump();
  }

  /** Whether somebody is there who has not said that it lacks this. */
  boolean mayBeHad(Id content) {
    for (Member member : members.values()) {
      if (member.token.isPresent() && !member.absent.contains(content)) {
        return true;
      }
    }
    return false;
  }

  void ended(Download download) {
    downloads.remove(download);
  }

  /** Asks whoever has room for more. */
  void pump() {
    if (pumping) {
      // A member that can't be reached gives back what others are then asked for, in this round.
      return;
    }
    pumping = true;
    try {
      List<Member> usable = new ArrayList<>();
      for (Member member : members.values()) {
        if (member.isUsable(now())) {
          usable.add(member);
        }
      }
      if (!usable.isEmpty()) {
        // Not always the same one first.
        Collections.rotate(usable, turn++);
        for (Download download : downloads) {
          usable.stream().filter(member -> member.isUsable(now())).forEach(download::ask);
        }
      }
    } finally {
      pumping = false;
    }
  }

  // ---- time

  private void tick() {
    long now = now();
    for (Id id : members.keys()) {
      members
          .get(id)
          .ifPresent(
              member -> {
                Download.expire(this, member);
                boolean wanted = member.token.isEmpty() || member.hello.isPresent();
                if (wanted
                    && now - member.saidAt >= SwarmLimits.HELLO_MILLIS
                    && member.hellos < SwarmLimits.MAX_HELLOS) {
                  hello(member);
                }
              });
    }
    for (Survey survey : List.copyOf(surveys)) {
      boolean isSettled =
          survey.firstAt != Long.MAX_VALUE && now - survey.firstAt >= SwarmLimits.SETTLE_MILLIS;
      if (isSettled) {
        surveys.remove(survey);
        survey.promise.complete(offers(survey));
      } else if (now - survey.begunAt >= SwarmLimits.SURVEY_MILLIS) {
        surveys.remove(survey);
        survey.promise.fail(new PeerException("EHOSTUNREACH", "no peer of this app is on line"));
      }
    }
    List.copyOf(downloads).forEach(Download::tick);
    pump();
    wake(isActive() ? SwarmLimits.TICK_MILLIS : SwarmLimits.IDLE_TICK_MILLIS);
  }

  private void wake(long millis) {
    timer.ifPresent(Scheduler.Timer::cancel);
    timer = Optional.of(scheduler.schedule(Duration.ofMillis(millis), this::tick));
  }

  private boolean isActive() {
    boolean greets = false;
    for (Member member : members.values()) {
      greets |= member.hello.isPresent() && member.hellos < SwarmLimits.MAX_HELLOS;
    }
    return greets || !downloads.isEmpty() || !surveys.isEmpty();
  }

  private List<Offer> offers(Survey survey) {
    Map<Offer, Integer> counts = new HashMap<>();
    for (Member member : members.values()) {
      if (member.welcomedAt >= survey.begunAt) {
        member.offer.ifPresent(offer -> counts.merge(offer, 1, Integer::sum));
      }
    }
    return counts.keySet().stream()
        .sorted(
            Comparator.comparingInt(Offer::major)
                .thenComparingInt(Offer::minor)
                .thenComparingInt(Offer::patch)
                .thenComparing(counts::get)
                .reversed())
        .toList();
  }

  // ---- members

  private void meet(Id id) {
    if (linked.contains(id) && !banned.contains(id) && !members.contains(id)) {
      subclusters
          .get(id)
          .ifPresent(
              subcluster -> {
                if (members.size() < SwarmLimits.MAX_MEMBERS || forgetOneWhoIsSilent()) {
                  Member member = new Member(id, subcluster);
                  members.put(id, member);
                  hello(member);
                  wake(SwarmLimits.TICK_MILLIS);
                }
              });
    }
  }

  private boolean forgetOneWhoIsSilent() {
    for (Id id : members.keys()) {
      if (members.get(id).filter(member -> member.token.isEmpty()).isPresent()) {
        members.remove(id);
        return true;
      }
    }
    return false;
  }

  private void hello(Member member) {
    long nonce = nonce();
    member.hello = Optional.of(nonce);
    member.hellos++;
    member.saidAt = now();
    // Said again in a second where no way leads there yet.
    say(member.id, member.subcluster, new Hello(nonce));
  }

  private void welcome(Member member, Welcome welcome) {
    if (!member.hello.equals(Optional.of(welcome.nonce()))) {
      return;
    }
    member.hello = Optional.empty();
    member.hellos = 0;
    member.token = Optional.of(welcome.token());
    member.offer = welcome.offer();
    member.welcomedAt = now();
    surveys.forEach(survey -> survey.firstAt = Math.min(survey.firstAt, now()));
    pump();
  }

  private void received(Id from, Id subcluster, byte[] bytes) {
    Optional<Said> decoded = banned.contains(from) ? Optional.empty() : Said.decode(bytes);
    if (decoded.isEmpty()) {
      return;
    }
    Said message = decoded.get();
    Optional<Member> member = members.get(from);
    if (message instanceof Hello hello) {
      provider.hello(from, hello, answer -> say(from, subcluster, answer));
    } else if (message instanceof Get get) {
      provider.get(from, get, answer -> say(from, subcluster, answer));
    } else if (message instanceof Welcome welcome) {
      member.ifPresent(it -> welcome(it, welcome));
    } else if (message instanceof Chunk chunk) {
      member.ifPresent(it -> Download.chunk(this, it, chunk));
      pump();
    } else if (message instanceof Refusal refusal) {
      member.ifPresent(it -> Download.refusal(this, it, refusal));
      pump();
    }
  }

  private final class Events implements PeerEvents {
    @Override
    public void connected(Id id, Endpoint endpoint, NatType nat, boolean proxied) {
      linked.put(id, true);
      meet(id);
    }

    @Override
    public void disconnected(Id id) {
      linked.remove(id);
      members
          .get(id)
          .ifPresent(
              member -> {
                members.remove(id);
                Download.rest(Swarm.this, member, SwarmLimits.REST_MILLIS);
                pump();
              });
    }

    @Override
    public void joined(Id id, Id subcluster) {
      subclusters.put(id, subcluster);
      meet(id);
    }

    @Override
    public void stream(Id from, PeerEvents.Message message) {
      if (Arrays.equals(message.event(), EVENT)) {
        received(from, message.subcluster(), message.bytes());
      }
    }
  }
}
