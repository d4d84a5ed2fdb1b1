package dev.dunlin.net.crypto;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** From Ed25519 keys to those of X25519. */
final class Curve {
  private static final BigInteger P =
      BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));

  private Curve() {}

  /** u = (1+y)/(1-y); nothing when the point is off the curve or outside its prime subgroup. */
  static Optional<byte[]> publicToX(byte[] edPublic) {
    if (edPublic.length != SigningKeys.PUBLIC_BYTES
        || !Ed25519.validatePublicKeyFull(edPublic, 0)) {
      return Optional.empty();
    }
    byte[] bigEndian = reversed(edPublic);
    bigEndian[0] &= 0x7f;
    BigInteger y = new BigInteger(1, bigEndian);
    BigInteger u = BigInteger.ONE.add(y).multiply(BigInteger.ONE.subtract(y).modInverse(P)).mod(P);
    byte[] out = new byte[X25519.POINT_SIZE];
    byte[] bytes = reversed(u.toByteArray());
    System.arraycopy(bytes, 0, out, 0, Math.min(bytes.length, out.length));
    return Optional.of(out);
  }

  static byte[] seedToX(byte[] seed) {
    byte[] secret = Arrays.copyOf(Hashes.sha512(seed), X25519.SCALAR_SIZE);
    secret[0] &= (byte) 0xf8;
    secret[31] &= 0x7f;
    secret[31] |= 0x40;
    return secret;
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] out = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      out[i] = bytes[bytes.length - 1 - i];
    }
    return out;
  }
}
