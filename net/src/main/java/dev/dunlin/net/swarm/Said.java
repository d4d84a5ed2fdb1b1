package dev.dunlin.net.swarm;

import dev.dunlin.net.wire.Id;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * What members say, each in one stream message; big-endian.
 *
 * <pre>
 * Hello    1 | nonce 8 | zeros 72                     as long as what answers it
 * Welcome  2 | nonce 8 | token 16 | manifest 32 | bytes 4 | major 4 | minor 4 | patch 4 | zeros 8
 *                                                     bytes 0: it has no version to offer
 * Get      3 | nonce 8 | token 16 | content 32 | offset 8 | bytes 4
 * Chunk    4 | nonce 8 | the bytes
 * Refusal  5 | nonce 8 | reason 1 | rest 4            milliseconds
 * </pre>
 *
 * The nonce shows that an answer is from who was asked, the token that a question is from who can
 * be answered: a sender's id alone can be forged.
 */
sealed interface Said {
  int TOKEN_BYTES = 16;
  int WELCOME_BYTES = 81;
  int GET_BYTES = 69;
  int CHUNK_HEAD_BYTES = 9;
  int REFUSAL_BYTES = 14;

  long nonce();

  byte[] encode();

  /** Who are you, and what have you? */
  record Hello(long nonce) implements Said {
    @Override
    public byte[] encode() {
      return ByteBuffer.allocate(WELCOME_BYTES).put((byte) 1).putLong(nonce).array();
    }
  }

  /** Answers Hello. */
  record Welcome(long nonce, byte[] token, Optional<Offer> offer) implements Said {
    @Override
    public byte[] encode() {
      ByteBuffer out = ByteBuffer.allocate(WELCOME_BYTES).put((byte) 2).putLong(nonce).put(token);
      offer.ifPresent(
          it ->
              out.put(it.manifest().bytes())
                  .putInt(it.manifestBytes())
                  .putInt(it.major())
                  .putInt(it.minor())
                  .putInt(it.patch()));
      return out.array();
    }
  }

  /** Asks for a block. */
  record Get(long nonce, byte[] token, Id content, long offset, int sizeBytes) implements Said {
    @Override
    public byte[] encode() {
      return ByteBuffer.allocate(GET_BYTES)
          .put((byte) 3)
          .putLong(nonce)
          .put(token)
          .put(content.bytes())
          .putLong(offset)
          .putInt(sizeBytes)
          .array();
    }
  }

  /** Answers Get. */
  record Chunk(long nonce, byte[] bytes) implements Said {
    @Override
    public byte[] encode() {
      return ByteBuffer.allocate(CHUNK_HEAD_BYTES + bytes.length)
          .put((byte) 4)
          .putLong(nonce)
          .put(bytes)
          .array();
    }
  }

  /** Answers Get too. */
  record Refusal(long nonce, Reason reason, int restMillis) implements Said {
    @Override
    public byte[] encode() {
      return ByteBuffer.allocate(REFUSAL_BYTES)
          .put((byte) 5)
          .putLong(nonce)
          .put((byte) reason.ordinal())
          .putInt(restMillis)
          .array();
    }
  }

  /** Why there is no Chunk. */
  enum Reason {
    /** Come back after the rest. */
    BUSY,
    /** We have no such content. */
    ABSENT,
    /** Say Hello first. */
    TOKEN
  }

  /** Any bytes may come; nothing of those that are no message. */
  static Optional<Said> decode(byte[] bytes) {
    if (bytes.length < CHUNK_HEAD_BYTES
        || bytes.length > CHUNK_HEAD_BYTES + SwarmLimits.BLOCK_BYTES) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int type = in.get();
    long nonce = in.getLong();
    return switch (type) {
      case 1 -> bytes.length == WELCOME_BYTES ? Optional.of(new Hello(nonce)) : Optional.empty();
      case 2 -> bytes.length == WELCOME_BYTES ? welcome(nonce, in) : Optional.empty();
      case 3 -> bytes.length == GET_BYTES ? get(nonce, in) : Optional.empty();
      case 4 ->
          Optional.of(new Chunk(nonce, Arrays.copyOfRange(bytes, CHUNK_HEAD_BYTES, bytes.length)));
      case 5 -> bytes.length == REFUSAL_BYTES ? refusal(nonce, in) : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<Said> welcome(long nonce, ByteBuffer in) {
    byte[] token = take(in, TOKEN_BYTES);
    Id manifest = Id.of(take(in, Id.BYTES));
    Offer offer = new Offer(manifest, in.getInt(), in.getInt(), in.getInt(), in.getInt());
    boolean isGood =
        offer.manifestBytes() >= 0
            && offer.manifestBytes() <= SwarmLimits.MAX_BLOB_BYTES
            && offer.major() >= 0
            && offer.minor() >= 0
            && offer.patch() >= 0;
    return isGood
        ? Optional.of(
            new Welcome(nonce, token, Optional.of(offer).filter(it -> it.manifestBytes() > 0)))
        : Optional.empty();
  }

  private static Optional<Said> get(long nonce, ByteBuffer in) {
    byte[] token = take(in, TOKEN_BYTES);
    Id content = Id.of(take(in, Id.BYTES));
    long offset = in.getLong();
    int size = in.getInt();
    return offset >= 0 && size >= 1 && size <= SwarmLimits.BLOCK_BYTES
        ? Optional.of(new Get(nonce, token, content, offset, size))
        : Optional.empty();
  }

  private static Optional<Said> refusal(long nonce, ByteBuffer in) {
    int reason = in.get();
    int rest = in.getInt();
    return reason >= 0 && reason < Reason.values().length
        ? Optional.of(new Refusal(nonce, Reason.values()[reason], Math.max(0, rest)))
        : Optional.empty();
  }

  private static byte[] take(ByteBuffer in, int count) {
    byte[] bytes = new byte[count];
    in.get(bytes);
    return bytes;
  }
}
