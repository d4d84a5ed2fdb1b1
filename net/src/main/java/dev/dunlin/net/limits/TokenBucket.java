package dev.dunlin.net.limits;

import java.time.Duration;

/** Lets so many through at once and then so many a second. Thread: its owner's. */
public final class TokenBucket {
  private final double perSecond;
  private final double most;
  private double tokens;
  private long lastNanos;

  public TokenBucket(double perSecond, double most, Duration now) {
    this.perSecond = perSecond;
    this.most = most;
    this.tokens = most;
    this.lastNanos = now.toNanos();
  }

  /** Takes that many, or none and says false. */
  public boolean take(double count, Duration now) {
    refill(now);
    if (tokens < count) {
      return false;
    }
    tokens -= count;
    return true;
  }

  /** Adds what somebody earned. */
  public void give(double count, Duration now) {
    refill(now);
    tokens = Math.min(most, tokens + count);
  }

  private void refill(Duration now) {
    long nanos = now.toNanos();
    tokens = Math.min(most, tokens + (nanos - lastNanos) * 1e-9 * perSecond);
    lastNanos = nanos;
  }
}
