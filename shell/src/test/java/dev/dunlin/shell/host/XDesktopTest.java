package dev.dunlin.shell.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class XDesktopTest {
  /** A colour, a text of an odd length, and two numbers, as the specification draws them. */
  private static byte[] settings(ByteOrder order) {
    ByteBuffer out = ByteBuffer.allocate(512).order(order);
    out.put((byte) (order == ByteOrder.BIG_ENDIAN ? 1 : 0)).put(new byte[3]).putInt(17).putInt(4);
    head(out, 2, "Net/Colour").putLong(1);
    head(out, 1, "Net/ThemeName").putInt(5).put("Breez".getBytes(StandardCharsets.UTF_8));
    out.put(new byte[3]);
    head(out, 0, "Gdk/WindowScalingFactor").putInt(2);
    head(out, 0, "Xft/DPI").putInt(98_304);
    return Arrays.copyOf(out.array(), out.position());
  }

  private static ByteBuffer head(ByteBuffer out, int kind, String name) {
    byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
    out.put((byte) kind).put((byte) 0).putShort((short) bytes.length).put(bytes);
    return out.put(new byte[-bytes.length & 3]).putInt(3);
  }

  @Test
  void readsTheNumbersOfASettingsManagerOfEitherByteOrder() {
    Map<String, Integer> both = Map.of("Gdk/WindowScalingFactor", 2, "Xft/DPI", 98_304);
    assertEquals(both, XDesktop.numbers(settings(ByteOrder.LITTLE_ENDIAN)));
    assertEquals(both, XDesktop.numbers(settings(ByteOrder.BIG_ENDIAN)));
  }

  @Test
  void whatIsCutOffTellsWhatCameBefore() {
    byte[] whole = settings(ByteOrder.LITTLE_ENDIAN);
    for (int length = 0; length < whole.length; length++) {
      Map<String, Integer> read = XDesktop.numbers(Arrays.copyOf(whole, length));
      assertTrue(read.size() < 2, read::toString);
    }
    whole[12] = 9;
    assertEquals(Map.of(), XDesktop.numbers(whole));
  }

  /** Lengths below nothing and beyond the end among them. */
  @Property
  void bytesThatAreNoSettingsAreNone(
      @ForAll @IntRange(min = 0, max = 140) int at, @ForAll byte[] noise) {
    byte[] bytes = settings(ByteOrder.LITTLE_ENDIAN);
    int from = Math.min(at, bytes.length);
    System.arraycopy(noise, 0, bytes, from, Math.min(noise.length, bytes.length - from));
    assertTrue(XDesktop.numbers(bytes).size() <= bytes.length / 12);
    assertTrue(XDesktop.numbers(noise).size() <= noise.length);
  }

  @Test
  void findsAResourceByItsNameAlone() {
    XDesktop desktop =
        new XDesktop(Map.of(), "Xft.dpi\n: 5\nxXft.dpi: 1\nXft.dpi:\nXft.dpi : a:b\r\n#Xft.dpi: 9");
    assertEquals(Optional.of("a:b"), desktop.resource("Xft", "dpi"));
    assertEquals(Optional.empty(), desktop.resource("Xft", "hinting"));
  }
}
