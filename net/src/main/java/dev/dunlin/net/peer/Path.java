package dev.dunlin.net.peer;

import dev.dunlin.net.limits.MinuteQuota;
import dev.dunlin.net.limits.TokenBucket;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/** What we know of one endpoint, whoever is there. Lane: the peer's. */
final class Path {
  private static final long NEVER = Long.MIN_VALUE / 2;
  private static final long COOKIE_MILLIS = 30_000;

  private final MinuteQuota relayed;
  private final MinuteQuota packets;

  /** What its address as a whole may send, as of that minute. Empty: not looked up yet. */
  MinuteQuota[] host = {};

  long hostMinute;

  /** Which peer is there, as of that change of the directory. */
  Optional<Remote> remote = Optional.empty();

  long remoteAsOf = -1;
  final TokenBucket pace;
  final TokenBucket syncs;
  private long received;
  private long sent;
  private long provenAt = NEVER;

  /** In hex, as pings carry it and pongs echo it; empty: none yet. */
  private String cookie = "";

  private String cookieBefore = "";
  private long cookieAt = NEVER;
  long challengedAt = NEVER;

  /** What the other one gave us in a pong; our next ping shows it. Empty: nothing. */
  byte[] token = {};

  Path(Duration now, long minute) {
    relayed = new MinuteQuota(Limits.RELAYED_PER_MINUTE, minute);
    packets = new MinuteQuota(Limits.PACKETS_PER_MINUTE, minute);
    pace = new TokenBucket(Limits.SENDS_PER_SECOND, Limits.SEND_BURST, now);
    syncs =
        new TokenBucket(Limits.SYNC_PACKETS_PER_SECOND, 2 * Limits.SYNC_PACKETS_PER_SECOND, now);
  }

  boolean admits(boolean isRelayed, long minute) {
    return (isRelayed ? relayed : packets).admits(minute);
  }

  void received(int bytes) {
    received += bytes;
  }

  /** Counts what is to be sent; false when it would be too much for who may not be there. */
  boolean maySend(int bytes, long now, long proofMillis) {
    if (!isProven(now, proofMillis) && sent + bytes > Limits.AMPLIFICATION * received) {
      return false;
    }
    sent += bytes;
    return true;
  }

  boolean isProven(long now, long proofMillis) {
    return now - provenAt <= proofMillis;
  }

  /** The 12 hex digits that only who receives our pings there can know. */
  String cookie(long now, Randomness random) {
    if (now - cookieAt > COOKIE_MILLIS) {
      cookieBefore = cookie;
      cookie = text(random.bits48());
      cookieAt = now;
    }
    return cookie;
  }

  /** True when the echo is ours; then the endpoint is proven. */
  boolean prove(String echo, long now) {
    boolean ours = !echo.isEmpty() && (echo.equals(cookie) || echo.equals(cookieBefore));
    if (ours) {
      provenAt = now;
      sent = 0;
      received = 0;
    }
    return ours;
  }

  /** The cookie as it goes into the field of a frame. */
  byte[] cookieBytes(long now, Randomness random) {
    return HexFormat.of().parseHex(cookie(now, random));
  }

  private static String text(long bits) {
    String hex = Long.toHexString(bits).toLowerCase(Locale.ROOT);
    return "000000000000".substring(hex.length()) + hex;
  }
}
