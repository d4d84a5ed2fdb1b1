package dev.dunlin.net.crypto;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.engines.Salsa20Engine;
import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.bouncycastle.math.ec.rfc7748.X25519;

/** libsodium's secretbox and sealed box: X25519, HSalsa20, XSalsa20-Poly1305, BLAKE2b. */
final class Box {
  static final int KEY_BYTES = 32;
  static final int TAG_BYTES = 16;
  static final int SEAL_BYTES = KEY_BYTES + TAG_BYTES;
  private static final int ROUNDS = 20;

  /** "expand 32-byte k", where salsa's input has it. */
  private static final int[] SIGMA = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

  private Box() {}

  /** The key that both sides compute; nothing when the other's point is worthless. */
  static Optional<byte[]> sharedKey(byte[] secret, byte[] publicKey) {
    byte[] point = new byte[X25519.POINT_SIZE];
    if (!X25519.calculateAgreement(secret, 0, publicKey, 0, point, 0)) {
      return Optional.empty();
    }
    return Optional.of(hsalsa20(point));
  }

  /** HSalsa20 with an input of zeros: salsa's core, less what it adds at its end. */
  private static byte[] hsalsa20(byte[] key) {
    int[] in = new int[16];
    ByteBuffer words = ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 4; i++) {
      in[5 * i] = SIGMA[i];
      in[1 + i] = words.getInt(4 * i);
      in[11 + i] = words.getInt(16 + 4 * i);
    }
    int[] core = new int[16];
    Salsa20Engine.salsaCore(ROUNDS, in, core);
    ByteBuffer out = ByteBuffer.allocate(KEY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i : new int[] {0, 5, 10, 15, 6, 7, 8, 9}) {
      out.putInt(core[i] - in[i]);
    }
    return out.array();
  }

  /** Tag and cipher text. */
  static byte[] secretbox(byte[] key, byte[] nonce, byte[] plain) {
    byte[] out = new byte[TAG_BYTES + plain.length];
    XSalsa20Engine stream = stream(key, nonce);
    Poly1305 mac = mac(stream);
    stream.processBytes(plain, 0, plain.length, out, TAG_BYTES);
    mac.update(out, TAG_BYTES, plain.length);
    mac.doFinal(out, 0);
    return out;
  }

  /** Nothing when it is not authentic. */
  static Optional<byte[]> openSecretbox(byte[] key, byte[] nonce, byte[] boxed, int offset) {
    int length = boxed.length - offset - TAG_BYTES;
    if (length < 0) {
      return Optional.empty();
    }
    XSalsa20Engine stream = stream(key, nonce);
    Poly1305 mac = mac(stream);
    mac.update(boxed, offset + TAG_BYTES, length);
    byte[] tag = new byte[TAG_BYTES];
    mac.doFinal(tag, 0);
    if (!org.bouncycastle.util.Arrays.constantTimeAreEqual(TAG_BYTES, tag, 0, boxed, offset)) {
      return Optional.empty();
    }
    byte[] plain = new byte[length];
    stream.processBytes(boxed, offset + TAG_BYTES, length, plain, 0);
    return Optional.of(plain);
  }

  private static XSalsa20Engine stream(byte[] key, byte[] nonce) {
    XSalsa20Engine stream = new XSalsa20Engine();
    stream.init(true, new ParametersWithIV(new KeyParameter(key), nonce));
    return stream;
  }

  /** The first 32 bytes of the stream are the key of the tag. */
  private static Poly1305 mac(XSalsa20Engine stream) {
    byte[] key = new byte[KEY_BYTES];
    stream.processBytes(new byte[KEY_BYTES], 0, KEY_BYTES, key, 0);
    Poly1305 mac = new Poly1305();
    mac.init(new KeyParameter(key));
    return mac;
  }

  /**
   * A box that only the recipient opens and nobody signed: ephemeral public key, tag, cipher text.
   */
  static byte[] seal(byte[] plain, byte[] recipient, byte[] ephemeralSecret) {
    byte[] ephemeral = new byte[KEY_BYTES];
    X25519.scalarMultBase(ephemeralSecret, 0, ephemeral, 0);
    byte[] key =
        sharedKey(ephemeralSecret, recipient)
            .orElseThrow(
                () -> new IllegalArgumentException("the recipient's key has a small order"));
    byte[] boxed = secretbox(key, Hashes.blake2b192(ephemeral, recipient), plain);
    byte[] out = Arrays.copyOf(ephemeral, KEY_BYTES + boxed.length);
    System.arraycopy(boxed, 0, out, KEY_BYTES, boxed.length);
    return out;
  }

  /** Nothing when it is not for this recipient, or not whole. */
  static Optional<byte[]> open(byte[] sealed, byte[] recipient, byte[] recipientSecret) {
    if (sealed.length < SEAL_BYTES) {
      return Optional.empty();
    }
    byte[] ephemeral = Arrays.copyOf(sealed, KEY_BYTES);
    return sharedKey(recipientSecret, ephemeral)
        .flatMap(
            key -> openSecretbox(key, Hashes.blake2b192(ephemeral, recipient), sealed, KEY_BYTES));
  }
}
