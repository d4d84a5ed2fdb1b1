package dev.dunlin.net.crypto;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** An Ed25519 key pair: who signs, or (of a shared key) a subcluster. Immutable; never logged. */
public final class SigningKeys {
  public static final int SEED_BYTES = 32;
  public static final int PUBLIC_BYTES = 32;
  public static final int SIGNATURE_BYTES = 64;

  /** What the signature field covers begins here: fixed by the peers there are. */
  static final int UNSIGNED_BYTES = 64;

  private final byte[] seed;
  private final byte[] publicKey;

  private SigningKeys(byte[] seed) {
    this.seed = seed;
    this.publicKey = new byte[PUBLIC_BYTES];
    Ed25519.generatePublicKey(seed, 0, publicKey, 0);
  }

  /**
   * @throws IllegalArgumentException when the seed is not {@value #SEED_BYTES} bytes
   */
  public static SigningKeys ofSeed(byte[] seed) {
    if (seed.length != SEED_BYTES) {
      throw new IllegalArgumentException(
          "a key pair is made of a seed of "
              + SEED_BYTES
              + " bytes, this has "
              + seed.length
              + "; make one of a text with sharedKey(text)");
    }
    return new SigningKeys(seed.clone());
  }

  /** The key pair of a text: BLAKE2b-256 of its UTF-8 is the seed. */
  public static SigningKeys ofText(String text) {
    return new SigningKeys(sharedKey(text));
  }

  /** The 32 bytes that all members of a subcluster share. */
  public static byte[] sharedKey(String text) {
    return Hashes.blake2b256(text.getBytes(StandardCharsets.UTF_8));
  }

  public byte[] publicKey() {
    return publicKey.clone();
  }

  /** Seed and public key, 64 bytes: the form in which libsodium keeps it. */
  public byte[] privateKey() {
    byte[] both = Arrays.copyOf(seed, SEED_BYTES + PUBLIC_BYTES);
    System.arraycopy(publicKey, 0, both, SEED_BYTES, PUBLIC_BYTES);
    return both;
  }

  byte[] seed() {
    return seed;
  }

  /** Signs the whole message. */
  public byte[] sign(byte[] message) {
    byte[] signature = new byte[SIGNATURE_BYTES];
    Ed25519.sign(seed, 0, publicKey, 0, message, 0, message.length, signature, 0);
    return signature;
  }

  /**
   * True when the signature is that of the key over the whole message; false for any other bytes.
   */
  public static boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
    return publicKey.length == PUBLIC_BYTES
        && signature.length == SIGNATURE_BYTES
        && Ed25519.verify(signature, 0, publicKey, 0, message, 0, message.length);
  }

  /**
   * The signature in the sig field. It leaves the first {@value #UNSIGNED_BYTES} bytes of the
   * message out, as the peers there are do: it proves little.
   */
  public byte[] signLegacy(byte[] message) {
    return sign(covered(message));
  }

  /** As {@link #verify}, of {@link #signLegacy}. */
  public static boolean verifyLegacy(byte[] publicKey, byte[] message, byte[] signature) {
    return verify(publicKey, covered(message), signature);
  }

  private static byte[] covered(byte[] message) {
    return Arrays.copyOfRange(message, Math.min(UNSIGNED_BYTES, message.length), message.length);
  }
}
