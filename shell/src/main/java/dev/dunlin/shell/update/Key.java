package dev.dunlin.shell.update;

import dev.dunlin.net.crypto.SigningKeys;
import java.util.Base64;

/**
 * An Ed25519 public key that signs updates.
 *
 * @param text its 32 bytes in base64url without padding, as socket.ini and manifests have it
 */
public record Key(String text) {
  public Key {
    if (text.length() > 64 || decode(text).length != SigningKeys.PUBLIC_BYTES) {
      throw new UpdateException(
          UpdateException.Code.MALFORMED,
          "'" + text + "' is no public key: take the line that dunlin keygen prints");
    }
  }

  /** The public one of a pair. */
  public static Key of(SigningKeys pair) {
    return new Key(encode(pair.publicKey()));
  }

  boolean verifies(byte[] message, String signature) {
    return SigningKeys.verify(decode(text), message, decode(signature));
  }

  /** Base64url without padding. */
  public static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** The bytes; none where the text is not what {@link #encode} writes. */
  public static byte[] decode(String text) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      return encode(bytes).equals(text) ? bytes : new byte[0];
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
