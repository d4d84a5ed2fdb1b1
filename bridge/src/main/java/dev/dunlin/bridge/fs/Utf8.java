package dev.dunlin.bridge.fs;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * UTF-8 as Node and the WHATWG's Encoding Standard decode it: each longest beginning of a sequence
 * that could have been one is one U+FFFD. Java's decoder takes broken sequences together otherwise.
 */
final class Utf8 {
  private static final char REPLACEMENT = '\uFFFD';

  private Utf8() {}

  static String decode(byte[] bytes, int length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, 0, length))
          .toString();
    } catch (CharacterCodingException broken) {
      return decodeBroken(bytes, length);
    }
  }

  private static String decodeBroken(byte[] bytes, int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; ) {
      int first = bytes[i++] & 0xff;
      int more = first < 0xc2 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : 0;
      if (more == 0) {
        text.append(first < 0x80 ? (char) first : REPLACEMENT);
        continue;
      }
      // No overlong form, no surrogate, nothing beyond U+10FFFF: the second byte decides.
      int least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
      int most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
      int point = first & 0x3f >> more;
      int read = 0;
      for (; read < more && i < length; read++, i++) {
        int next = bytes[i] & 0xff;
        if (next < least || next > most) {
          break;
        }
        least = 0x80;
        most = 0xbf;
        point = point << 6 | next & 0x3f;
      }
      if (read == more) {
        text.appendCodePoint(point);
      } else {
        text.append(REPLACEMENT);
      }
    }
    return text.toString();
  }
}
