package dev.dunlin.net.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.net.Vectors;
import dev.dunlin.net.crypto.Hashes;
import dev.dunlin.net.wire.Id;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SummaryTest {
  static Stream<JsonNode> summaries() {
    return Vectors.stream(Vectors.get("summaries"));
  }

  @ParameterizedTest
  @MethodSource("summaries")
  void summarisesAsTheVectorsDo(JsonNode vector) {
    List<Id> ids =
        IntStream.range(0, vector.get("n").asInt())
            .mapToObj(i -> Id.of(Hashes.sha256("entry-" + i)))
            .sorted()
            .toList();
    String digits = vector.get("prefix").asText();
    byte[] prefix = new byte[digits.length()];
    for (int i = 0; i < prefix.length; i++) {
      prefix[i] = (byte) Character.digit(digits.charAt(i), 16);
    }
    Summary summary = Summary.of(prefix, ids);
    JsonNode expected = vector.get("summary");
    assertEquals(expected.get("hash").asText(), summary.hashHex());
    for (int i = 0; i < 16; i++) {
      JsonNode bucket = expected.get("buckets").get(i);
      assertEquals(bucket.isNull() ? "" : bucket.asText(), Vectors.hex(summary.buckets().get(i)));
    }
    assertEquals(vector.get("encoded").asText(), Vectors.hex(summary.encode()));
    Optional<Summary> decoded = Summary.decode(summary.encode());
    assertEquals(vector.get("encoded").asText(), Vectors.hex(decoded.orElseThrow().encode()));
    assertEquals(digits.length(), decoded.orElseThrow().prefix().length);
  }

  @ParameterizedTest
  @MethodSource("summaries")
  void refusesASummaryThatIsCutOrGoesOn(JsonNode vector) {
    byte[] whole = Vectors.hex(vector.get("encoded"));
    for (int length = 0; length < whole.length; length++) {
      Optional<Summary> cut = Summary.decode(Arrays.copyOf(whole, length));
      // Without its last buckets it is a summary again.
      cut.ifPresent(summary -> assertEquals(0, (whole.length - summary.encode().length) % 21));
    }
    assertEquals(Optional.empty(), Summary.decode(Arrays.copyOf(whole, whole.length + 1)));
  }
}
