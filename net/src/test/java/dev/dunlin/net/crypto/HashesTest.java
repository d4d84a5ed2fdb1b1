package dev.dunlin.net.crypto;

import static dev.dunlin.net.Vectors.bytes;
import static dev.dunlin.net.Vectors.crypto;
import static dev.dunlin.net.Vectors.hex;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HashesTest {
  static Stream<JsonNode> sharedKeys() {
    return crypto("createSharedKey");
  }

  static Stream<JsonNode> ids() {
    return crypto("createId");
  }

  static Stream<JsonNode> clusterIds() {
    return crypto("createClusterId");
  }

  static Stream<JsonNode> eventNames() {
    return crypto("eventName");
  }

  static Stream<JsonNode> nonces() {
    return crypto("sealNonce");
  }

  @ParameterizedTest
  @MethodSource("sharedKeys")
  void makesASharedKeyOfAText(JsonNode vector) {
    assertEquals(
        vector.get("out").asText(), hex(SigningKeys.sharedKey(vector.get("seed_utf8").asText())));
  }

  @ParameterizedTest
  @MethodSource({"ids", "clusterIds"})
  void makesAnIdOfAText(JsonNode vector) {
    assertEquals(vector.get("out").asText(), hex(Hashes.sha256(vector.get("in_utf8").asText())));
  }

  @ParameterizedTest
  @MethodSource("eventNames")
  void makesAnIdOfAnEventsName(JsonNode vector) {
    assertEquals(
        vector.get("usr1").asText(), hex(Hashes.sha256(vector.get("event_utf8").asText())));
  }

  @ParameterizedTest
  @MethodSource("nonces")
  void makesTheNonceOfASealedBox(JsonNode vector) {
    byte[] nonce = Hashes.blake2b192(bytes(vector, "epk"), bytes(vector, "pk"));
    assertEquals(vector.get("nonce").asText(), hex(nonce));
  }
}
