package dev.dunlin.net.crypto;

import dev.dunlin.scheduler.RandomSource;
import java.util.Arrays;
import java.util.Optional;

/**
 * The key pair that all members of a subcluster have: it encrypts, signs, encrypts. Who holds the
 * shared key can read, and write as the group. Immutable. Thread: any.
 */
public final class SubclusterKeys {
  /** What sealing adds. */
  public static final int OVERHEAD_BYTES = 2 * Box.SEAL_BYTES + SigningKeys.SIGNATURE_BYTES;

  private static final Opened.Failed WRONG_KEY = new Opened.Failed(Opened.Fault.WRONG_KEY);

  private final SigningKeys keys;
  private final byte[] xPublic;
  private final byte[] xSecret;

  private SubclusterKeys(SigningKeys keys) {
    this.keys = keys;
    this.xPublic =
        Curve.publicToX(keys.publicKey())
            .orElseThrow(() -> new IllegalStateException("a public key of ours is on the curve"));
    this.xSecret = Curve.seedToX(keys.seed());
  }

  /**
   * @param sharedKey see {@link SigningKeys#sharedKey}
   * @throws IllegalArgumentException when it is not 32 bytes
   */
  public static SubclusterKeys of(byte[] sharedKey) {
    return new SubclusterKeys(SigningKeys.ofSeed(sharedKey));
  }

  /** The public key, which is the subcluster's id. */
  public byte[] subclusterId() {
    return keys.publicKey();
  }

  /** Encrypts, signs and encrypts again; {@value #OVERHEAD_BYTES} bytes longer. */
  public byte[] seal(byte[] plain, RandomSource random) {
    return seal(plain, random.bytes(Box.KEY_BYTES), random.bytes(Box.KEY_BYTES));
  }

  byte[] seal(byte[] plain, byte[] innerSecret, byte[] outerSecret) {
    byte[] inner = Box.seal(plain, xPublic, innerSecret);
    byte[] signature = keys.sign(inner);
    byte[] both = Arrays.copyOf(signature, signature.length + inner.length);
    System.arraycopy(inner, 0, both, signature.length, inner.length);
    return Box.seal(both, xPublic, outerSecret);
  }

  /** The opposite of {@link #seal}; any bytes may come. */
  public Opened open(byte[] sealed) {
    Optional<byte[]> outer = Box.open(sealed, xPublic, xSecret);
    if (outer.isEmpty()) {
      return WRONG_KEY;
    }
    byte[] both = outer.get();
    if (both.length <= SigningKeys.SIGNATURE_BYTES) {
      return new Opened.Failed(Opened.Fault.EMALFORMED);
    }
    byte[] signature = Arrays.copyOf(both, SigningKeys.SIGNATURE_BYTES);
    byte[] inner = Arrays.copyOfRange(both, SigningKeys.SIGNATURE_BYTES, both.length);
    if (!SigningKeys.verify(keys.publicKey(), inner, signature)) {
      return new Opened.Failed(Opened.Fault.ENOTVERIFIED);
    }
    return plain(Box.open(inner, xPublic, xSecret));
  }

  /** Two boxes and no signature. */
  public byte[] sealUnsigned(byte[] plain, RandomSource random) {
    return sealUnsigned(plain, random.bytes(Box.KEY_BYTES), random.bytes(Box.KEY_BYTES));
  }

  byte[] sealUnsigned(byte[] plain, byte[] innerSecret, byte[] outerSecret) {
    return Box.seal(Box.seal(plain, xPublic, innerSecret), xPublic, outerSecret);
  }

  /**
   * Removes one of the two boxes of {@link #sealUnsigned}, as peers there are do: call it twice.
   */
  public Opened openUnsigned(byte[] sealed) {
    return plain(Box.open(sealed, xPublic, xSecret));
  }

  private static Opened plain(Optional<byte[]> bytes) {
    return bytes.<Opened>map(Opened.Plain::new).orElse(WRONG_KEY);
  }
}
