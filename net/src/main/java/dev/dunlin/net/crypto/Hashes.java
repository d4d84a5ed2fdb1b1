package dev.dunlin.net.crypto;

import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.Blake2bDigest;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;

/** The hash functions of the protocol. Thread: any. */
public final class Hashes {
  private Hashes() {}

  /** SHA-256 of the parts, one after the other: 32 bytes. */
  public static byte[] sha256(byte[]... parts) {
    return of(new SHA256Digest(), parts);
  }

  /** SHA-256 of the text in UTF-8: event names, cluster ids, peer ids. */
  public static byte[] sha256(String text) {
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  /** SHA-1, used by cache summaries only, which nobody has to trust: 20 bytes. */
  public static byte[] sha1(byte[]... parts) {
    return of(new SHA1Digest(), parts);
  }

  /** SHA-512: 64 bytes. */
  static byte[] sha512(byte[]... parts) {
    return of(new SHA512Digest(), parts);
  }

  /** BLAKE2b without a key, 32 bytes. */
  public static byte[] blake2b256(byte[]... parts) {
    return of(new Blake2bDigest(256), parts);
  }

  /** BLAKE2b without a key, 24 bytes: the nonce of a sealed box. */
  static byte[] blake2b192(byte[]... parts) {
    return of(new Blake2bDigest(192), parts);
  }

  private static byte[] of(Digest digest, byte[]... parts) {
    for (byte[] part : parts) {
      digest.update(part, 0, part.length);
    }
    byte[] out = new byte[digest.getDigestSize()];
    digest.doFinal(out, 0);
    return out;
  }
}
