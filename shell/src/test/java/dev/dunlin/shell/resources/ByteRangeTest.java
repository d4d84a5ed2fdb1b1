package dev.dunlin.shell.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

/** jqwik prints the seed of a run that fails. */
class ByteRangeTest {
  @Property
  void isExactlyTheBytesThatAFirstAndLastName(
      @ForAll @LongRange(min = 0, max = 200) long first,
      @ForAll @LongRange(min = 0, max = 200) long last,
      @ForAll @LongRange(min = 0, max = 100) long size) {
    ByteRange range = ByteRange.parse("bytes=" + first + "-" + last, size);
    if (last < first) {
      assertInstanceOf(ByteRange.Whole.class, range);
    } else if (first >= size) {
      assertInstanceOf(ByteRange.Unsatisfiable.class, range);
    } else {
      assertEquals(new ByteRange.Part(first, Math.min(last, size - 1) - first + 1), range);
    }
  }

  @Property
  void isTheEndThatASuffixNames(
      @ForAll @LongRange(min = 0, max = 200) long suffix,
      @ForAll @LongRange(min = 0, max = 100) long size) {
    ByteRange range = ByteRange.parse("bytes=-" + suffix, size);
    long length = Math.min(suffix, size);
    assertEquals(
        length == 0 ? new ByteRange.Unsatisfiable() : new ByteRange.Part(size - length, length),
        range);
  }

  @Provide
  Arbitrary<String> headers() {
    return Arbitraries.of(
            "bytes",
            "=",
            "-",
            "-",
            ",",
            " ",
            "\t",
            "0",
            "1",
            "5",
            "99",
            "99999999999999999999",
            "9223372036854775807",
            "9223372036854775808",
            "x",
            "\u0661",
            "items",
            "*",
            "/")
        .list()
        .ofMaxSize(9)
        .map(pieces -> String.join("", pieces));
  }

  @Property(tries = 5000)
  void liesWithinTheFileWhateverTheHeaderSays(
      @ForAll("headers") String header, @ForAll @LongRange(min = 0, max = 10) long size) {
    for (String text : new String[] {header, "bytes=" + header}) {
      if (ByteRange.parse(text, size) instanceof ByteRange.Part part) {
        assertTrue(part.offset() >= 0 && part.length() > 0, text);
        assertTrue(part.offset() + part.length() <= size, text);
      }
    }
  }
}
