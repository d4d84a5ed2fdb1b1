package dev.dunlin.net.swarm;

import dev.dunlin.net.crypto.Hashes;
import dev.dunlin.net.peer.PeerException;
import dev.dunlin.net.swarm.Member.Request;
import dev.dunlin.net.swarm.Said.Chunk;
import dev.dunlin.net.swarm.Said.Get;
import dev.dunlin.net.swarm.Said.Refusal;
import dev.dunlin.net.wire.Id;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Brings blobs here, in order, from several members at once. Each blob comes from one member and is
 * checked: who gave a wrong one is known, and asked no more. Lane: the swarm's.
 */
public final class Download {
  private final Swarm swarm;
  private final List<Slot> slots;
  private final Set<Id> sources = new HashSet<>();

  /** Those that somebody began and did not bring. */
  private final Deque<Slot> returned = new ArrayDeque<>();

  /** The blob that is handed over next, and the first that nobody was asked for. */
  private int delivered;

  private int frontier;
  private long aheadBytes;
  private long wholeAt;
  private boolean isEnded;

  /** When somebody was there who might have what is waited for. */
  private long hopefulAt;

  private Optional<Promise<byte[]>> waiting = Optional.empty();

  private static final class Slot {
    final int index;
    final Blob blob;
    final List<Attempt> attempts = new ArrayList<>();
    Optional<byte[]> bytes = Optional.empty();
    long begunAt;

    Slot(int index, Blob blob) {
      this.index = index;
      this.blob = blob;
    }
  }

  /** One member's try at one blob. */
  final class Attempt {
    final Slot slot;
    final Member member;
    final byte[] bytes;
    final Deque<Integer> todo = new ArrayDeque<>();
    int missing;

    private Attempt(Slot slot, Member member) {
      this.slot = slot;
      this.member = member;
      this.bytes = new byte[slot.blob.sizeBytes()];
      this.missing = slot.blob.blocks();
      for (int i = 0; i < missing; i++) {
        todo.add(i);
      }
    }

    Download download() {
      return Download.this;
    }
  }

  Download(Swarm swarm, List<Blob> blobs) {
    this.swarm = swarm;
    this.slots = new ArrayList<>(blobs.size());
    for (Blob blob : blobs) {
      slots.add(new Slot(slots.size(), blob));
    }
  }

  /** Members that have given blobs. */
  public int sources() {
    return sources.size();
  }

  /**
   * The next blob, checked. Fails with a {@link PeerException} EHOSTUNREACH when nobody brings any
   * for {@value SwarmLimits#NOTHING_MILLIS} ms.
   */
  public Future<byte[]> next() {
    swarm.check();
    if (isEnded) {
      return Future.failedFuture(new PeerException("ECANCELED", "the download has ended"));
    }
    if (delivered == slots.size() || waiting.isPresent()) {
      throw new IllegalStateException("one blob at a time, and no more than there are");
    }
    Promise<byte[]> promise = Promise.promise();
    waiting = Optional.of(promise);
    wholeAt = swarm.now();
    hopefulAt = swarm.now();
    hand();
    swarm.pump();
    return promise.future();
  }

  /** Ends it; who waits fails. */
  public void close() {
    swarm.check();
    end("ECANCELED", "the download was ended");
  }

  /** Nobody is asked for anything more. */
  private void end(String code, String why) {
    for (Slot slot : slots.subList(delivered, Math.min(frontier, slots.size()))) {
      List.copyOf(slot.attempts).forEach(this::drop);
    }
    returned.clear();
    frontier = slots.size();
    swarm.ended(this);
    isEnded = true;
    waiting.ifPresent(
        promise -> {
          waiting = Optional.empty();
          promise.fail(new PeerException(code, why));
        });
  }

  private void hand() {
    if (waiting.isEmpty() || slots.get(delivered).bytes.isEmpty()) {
      return;
    }
    Promise<byte[]> promise = waiting.get();
    waiting = Optional.empty();
    Slot slot = slots.get(delivered);
    byte[] bytes = slot.bytes.orElseThrow();
    slot.bytes = Optional.empty();
    aheadBytes -= bytes.length;
    delivered++;
    promise.complete(bytes);
  }

  // ---- asking

  /** Asks that member for as much as it may be asked. */
  void ask(Member member) {
    while (member.requests.size() < (int) member.window) {
      Optional<Attempt> attempt = attempt(member);
      if (attempt.isEmpty() || !send(attempt.get())) {
        return;
      }
    }
  }

  private Optional<Attempt> attempt(Member member) {
    for (Attempt attempt : member.attempts) {
      if (attempt.download() == this && !attempt.todo.isEmpty()) {
        return Optional.of(attempt);
      }
    }
    return slot(member).map(slot -> begin(slot, member));
  }

  private Attempt begin(Slot slot, Member member) {
    Attempt attempt = new Attempt(slot, member);
    if (slot.attempts.isEmpty()) {
      slot.begunAt = swarm.now();
    }
    slot.attempts.add(attempt);
    member.attempts.add(attempt);
    return attempt;
  }

  /** What this member is asked for next. */
  private Optional<Slot> slot(Member member) {
    for (Iterator<Slot> all = returned.iterator(); all.hasNext(); ) {
      Slot slot = all.next();
      if (has(member, slot)) {
        all.remove();
        return Optional.of(slot);
      }
    }
    // What is waited for comes before what is new.
    if (delivered < frontier && isLate(slots.get(delivered), member)) {
      return Optional.of(slots.get(delivered));
    }
    while (mayBegin()) {
      Slot slot = slots.get(frontier++);
      aheadBytes += slot.blob.sizeBytes();
      if (has(member, slot)) {
        return Optional.of(slot);
      }
      returned.addLast(slot);
    }
    return slots.subList(delivered, frontier).stream()
        .filter(slot -> isLate(slot, member))
        .findFirst();
  }

  /** Whether the first blob that nobody was asked for may be asked for. */
  private boolean mayBegin() {
    return frontier < slots.size()
        && frontier - delivered < SwarmLimits.AHEAD
        && (frontier == delivered
            || aheadBytes + slots.get(frontier).blob.sizeBytes() <= SwarmLimits.AHEAD_BYTES);
  }

  private static boolean has(Member member, Slot slot) {
    return !member.absent.contains(slot.blob.content());
  }

  private boolean isLate(Slot slot, Member member) {
    return slot.bytes.isEmpty()
        && !slot.attempts.isEmpty()
        && slot.attempts.size() < SwarmLimits.MAX_ATTEMPTS
        && swarm.now() - slot.begunAt > SwarmLimits.LATE_MILLIS
        && has(member, slot)
        && slot.attempts.stream().noneMatch(attempt -> attempt.member == member);
  }

  private boolean send(Attempt attempt) {
    Member member = attempt.member;
    int block = attempt.todo.removeFirst();
    Blob blob = attempt.slot.blob;
    long nonce = swarm.nonce();
    Get get =
        new Get(
            nonce,
            member.token.orElseThrow(),
            blob.content(),
            blob.offset() + (long) block * SwarmLimits.BLOCK_BYTES,
            blob.blockBytes(block));
    member.requests.put(nonce, new Request(attempt, block, swarm.now()));
    if (!swarm.say(member.id, member.subcluster, get)) {
      rest(member, SwarmLimits.REST_MILLIS);
      return false;
    }
    return true;
  }

  // ---- answers

  static void chunk(Swarm swarm, Member member, Chunk chunk) {
    Request request = member.requests.remove(chunk.nonce());
    if (request == null) {
      // Late, or nobody asked.
      return;
    }
    member.answered(swarm.now() - request.sentAt());
    request.attempt().download().take(request, chunk.bytes());
  }

  private void take(Request request, byte[] chunk) {
    Attempt attempt = request.attempt();
    Blob blob = attempt.slot.blob;
    if (chunk.length != blob.blockBytes(request.block())) {
      swarm.ban(attempt.member);
      return;
    }
    System.arraycopy(
        chunk, 0, attempt.bytes, request.block() * SwarmLimits.BLOCK_BYTES, chunk.length);
    if (--attempt.missing > 0) {
      return;
    }
    if (!blob.sha256().is(Hashes.sha256(attempt.bytes))) {
      swarm.ban(attempt.member);
      return;
    }
    Slot slot = attempt.slot;
    List.copyOf(slot.attempts).forEach(this::drop);
    returned.remove(slot);
    slot.bytes = Optional.of(attempt.bytes);
    sources.add(attempt.member.id);
    wholeAt = swarm.now();
    hand();
  }

  static void refusal(Swarm swarm, Member member, Refusal refusal) {
    Request request = member.requests.remove(refusal.nonce());
    if (request == null) {
      return;
    }
    member.silent = 0;
    Attempt attempt = request.attempt();
    switch (refusal.reason()) {
      case BUSY -> {
        attempt.todo.addFirst(request.block());
        member.cut(swarm.now());
        member.restsUntil =
            swarm.now() + Math.min(SwarmLimits.MAX_BUSY_MILLIS, refusal.restMillis());
      }
      case ABSENT -> {
        member.absent.put(attempt.slot.blob.content(), true);
        attempt.download().giveBack(attempt);
      }
      case TOKEN -> {
        attempt.todo.addFirst(request.block());
        member.token = Optional.empty();
        member.hellos = 0;
      }
    }
  }

  /** Gives up what did not come in time. */
  static void expire(Swarm swarm, Member member) {
    long now = swarm.now();
    long timeout = member.timeout();
    boolean lost = false;
    for (Iterator<Map.Entry<Long, Request>> all = member.requests.entrySet().iterator();
        all.hasNext(); ) {
      Request request = all.next().getValue();
      if (now - request.sentAt() <= timeout) {
        break;
      }
      all.remove();
      request.attempt().todo.addFirst(request.block());
      lost = true;
    }
    if (lost) {
      member.cut(now);
      member.silent++;
      if (member.silent >= SwarmLimits.MAX_SILENT) {
        rest(swarm, member, SwarmLimits.REST_MILLIS << member.rests);
        member.rests = Math.min(SwarmLimits.MAX_RESTS, member.rests + 1);
      }
    }
  }

  private void rest(Member member, long millis) {
    rest(swarm, member, millis);
  }

  /** Others are asked for what it has begun. */
  static void rest(Swarm swarm, Member member, long millis) {
    member.silent = 0;
    member.restsUntil = swarm.now() + millis;
    List.copyOf(member.attempts).forEach(attempt -> attempt.download().giveBack(attempt));
  }

  private void giveBack(Attempt attempt) {
    drop(attempt);
    Slot slot = attempt.slot;
    if (slot.attempts.isEmpty() && slot.bytes.isEmpty() && slot.index >= delivered) {
      returned.addFirst(slot);
    }
  }

  private void drop(Attempt attempt) {
    attempt.slot.attempts.remove(attempt);
    attempt.member.attempts.remove(attempt);
    attempt.member.requests.values().removeIf(request -> request.attempt() == attempt);
  }

  void tick() {
    long now = swarm.now();
    if (waiting.isEmpty()) {
      return;
    }
    if (swarm.mayBeHad(slots.get(delivered).blob.content())) {
      hopefulAt = now;
    }
    if (now - wholeAt > SwarmLimits.NOTHING_MILLIS
        || now - hopefulAt > SwarmLimits.HOPELESS_MILLIS) {
      end("EHOSTUNREACH", "no peer of this app gives what is missing");
    }
  }
}
