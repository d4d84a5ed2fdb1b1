package dev.dunlin.net.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class HashesTest {
  private static final HexFormat HEX = HexFormat.of();

  private static JsonNode crypto(String name) throws IOException {
    try (InputStream in =
        HashesTest.class.getResourceAsStream("/dev/dunlin/net/p2p-vectors.json")) {
      return new ObjectMapper().readTree(in).get("crypto").get(name).get("vectors");
    }
  }

  @Test
  void makesSharedKeysClusterIdsAndEventNamesOfTexts() throws IOException {
    for (JsonNode vector : crypto("createSharedKey")) {
      byte[] text = vector.get("seed_utf8").asText().getBytes(StandardCharsets.UTF_8);
      assertEquals(vector.get("out").asText(), HEX.formatHex(Hashes.blake2b256(text)));
    }
    for (JsonNode vector : crypto("createClusterId")) {
      assertEquals(
          vector.get("out").asText(), HEX.formatHex(Hashes.sha256(vector.get("in_utf8").asText())));
    }
    for (JsonNode vector : crypto("createId")) {
      assertEquals(
          vector.get("out").asText(), HEX.formatHex(Hashes.sha256(vector.get("in_utf8").asText())));
    }
    for (JsonNode vector : crypto("eventName")) {
      assertEquals(
          vector.get("usr1").asText(),
          HEX.formatHex(Hashes.sha256(vector.get("event_utf8").asText())));
    }
  }

  @Test
  void makesTheNonceOfASealedBox() throws IOException {
    for (JsonNode vector : crypto("sealNonce")) {
      byte[] ephemeral = HEX.parseHex(vector.get("epk").asText());
      byte[] recipient = HEX.parseHex(vector.get("pk").asText());
      assertEquals(
          vector.get("nonce").asText(), HEX.formatHex(Hashes.blake2b192(ephemeral, recipient)));
    }
  }
}
