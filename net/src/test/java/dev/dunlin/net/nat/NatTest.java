package dev.dunlin.net.nat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.net.Vectors;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NatTest {
  static Stream<JsonNode> rows() {
    return Vectors.stream(Vectors.get("natStrategy").get("rows"));
  }

  private static NatType type(String text) {
    return switch (text) {
      case "UNRESTRICTED" -> NatType.UNRESTRICTED;
      case "ADDR_RESTRICTED" -> NatType.ADDR_RESTRICTED;
      case "PORT_RESTRICTED" -> NatType.PORT_RESTRICTED;
      case "ENDPOINT_RESTRICTED" -> NatType.ENDPOINT_RESTRICTED;
      default -> new NatType(Integer.parseInt(text.replaceAll("value (\\d+).*", "$1")));
    };
  }

  @ParameterizedTest
  @MethodSource("rows")
  void choosesTheStrategyOfTheTable(JsonNode row) {
    Strategy strategy =
        Strategy.of(type(row.get("local").asText()), type(row.get("remote").asText()));
    assertEquals(row.get("strategy").asInt(), strategy.ordinal(), row.toString());
  }

  @Test
  void knowsWhichNumbersAreKinds() {
    List<Integer> valid = IntStream.rangeClosed(-1, 300).filter(NatType::isValid).boxed().toList();
    assertEquals(Vectors.stream(Vectors.get("natValid")).map(JsonNode::asInt).toList(), valid);
  }

  @Test
  void makesAKindOfWhatDetectionSaw() {
    assertEquals(NatType.UNRESTRICTED, NatType.detected(true, 2));
    assertEquals(NatType.ADDR_RESTRICTED, NatType.detected(true, 1));
    assertEquals(NatType.PORT_RESTRICTED, NatType.detected(true, 0));
    assertEquals(NatType.ENDPOINT_RESTRICTED, NatType.detected(false, 0));
  }
}
