package dev.dunlin.net.swarm;

import dev.dunlin.net.crypto.Hashes;
import dev.dunlin.net.limits.BoundedMap;
import dev.dunlin.net.limits.TokenBucket;
import dev.dunlin.net.swarm.Said.Chunk;
import dev.dunlin.net.swarm.Said.Get;
import dev.dunlin.net.swarm.Said.Hello;
import dev.dunlin.net.swarm.Said.Reason;
import dev.dunlin.net.swarm.Said.Refusal;
import dev.dunlin.net.swarm.Said.Welcome;
import dev.dunlin.net.wire.Id;
import dev.dunlin.scheduler.Scheduler;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;

/** Gives others what is on our shelf, within bounds. Lane: the swarm's. */
final class Provider {
  private static final long LEAST_REST_MILLIS = 50;

  private final Scheduler scheduler;
  private final Shelf shelf;
  private final Quota quota;
  private final byte[] secret;
  private final TokenBucket requests;
  private final TokenBucket bytes;
  private final BoundedMap<Id, Customer> customers = new BoundedMap<>(SwarmLimits.MAX_CUSTOMERS);
  private int reads;
  private Duration day;
  private long bytesOfDay;
  private long given;

  private record Customer(TokenBucket requests, TokenBucket bytes) {}

  /**
   * @param secret that tokens are made of
   */
  Provider(Scheduler scheduler, Shelf shelf, Quota quota, byte[] secret) {
    this.scheduler = scheduler;
    this.shelf = shelf;
    this.quota = quota;
    this.secret = secret;
    this.day = scheduler.now();
    this.requests =
        new TokenBucket(
            SwarmLimits.ALL_REQUESTS_PER_SECOND,
            SwarmLimits.ALL_REQUESTS_PER_SECOND,
            scheduler.now());
    this.bytes = new TokenBucket(quota.bytesPerSecond(), quota.bytesPerSecond(), scheduler.now());
  }

  /** Bytes of content that were given. */
  long given() {
    return given;
  }

  private Customer customer(Id from) {
    return customers.computeIfAbsent(
        from,
        key ->
            new Customer(
                new TokenBucket(
                    SwarmLimits.REQUESTS_PER_SECOND,
                    SwarmLimits.REQUESTS_PER_SECOND,
                    scheduler.now()),
                new TokenBucket(
                    quota.bytesPerSecond() / 2.0, quota.bytesPerSecond() / 2.0, scheduler.now())));
  }

  private boolean admits(Id from) {
    return customer(from).requests.take(1, scheduler.now()) && requests.take(1, scheduler.now());
  }

  void hello(Id from, Hello hello, Consumer<Said> answer) {
    if (admits(from)) {
      answer.accept(new Welcome(hello.nonce(), token(from), shelf.offer()));
    }
  }

  /** Nothing is kept for it: who shows it has got our Welcome. */
  private byte[] token(Id of) {
    return Arrays.copyOf(Hashes.sha256(secret, of.bytes()), Said.TOKEN_BYTES);
  }

  void get(Id from, Get get, Consumer<Said> answer) {
    if (!MessageDigest.isEqual(token(from), get.token())) {
      // Shorter than what came, and counted for all: its sender may be anybody.
      if (requests.take(1, scheduler.now())) {
        answer.accept(new Refusal(get.nonce(), Reason.TOKEN, 0));
      }
      return;
    }
    if (!admits(from)) {
      return;
    }
    if (reads >= SwarmLimits.MAX_READS || !takeBytes(from, get.sizeBytes())) {
      boolean isSpent = bytesOfDay + get.sizeBytes() > quota.bytesPerDay();
      long rest =
          isSpent ? SwarmLimits.MAX_BUSY_MILLIS : 4_000L * get.sizeBytes() / quota.bytesPerSecond();
      answer.accept(new Refusal(get.nonce(), Reason.BUSY, (int) Math.max(LEAST_REST_MILLIS, rest)));
      return;
    }
    reads++;
    shelf
        .read(get.content(), get.offset(), get.sizeBytes())
        .onComplete(
            read ->
                scheduler
                    .lane()
                    .execute(
                        () -> {
                          reads--;
                          if (read.succeeded() && read.result().isPresent()) {
                            given += get.sizeBytes();
                            answer.accept(new Chunk(get.nonce(), read.result().get()));
                          } else {
                            answer.accept(new Refusal(get.nonce(), Reason.ABSENT, 0));
                          }
                        }));
  }

  private boolean takeBytes(Id from, int count) {
    Duration now = scheduler.now();
    if (now.minus(day).compareTo(Quota.DAY) >= 0) {
      day = now;
      bytesOfDay = 0;
    }
    if (bytesOfDay + count > quota.bytesPerDay()
        || !customer(from).bytes.take(count, now)
        || !bytes.take(count, now)) {
      return false;
    }
    bytesOfDay += count;
    return true;
  }
}
