package dev.dunlin.bridge.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.Harness;
import dev.dunlin.bridge.Harness.Page;
import dev.dunlin.bridge.PolicySet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DnsModuleTest {
  private final Harness harness = new Harness(new DnsModule());

  @AfterEach
  void close() {
    harness.close();
  }

  @Test
  void tellsTheAddressesOfANameAndOfTheFamilyAskedFor() {
    Page page = harness.page(1, Harness.ALL);
    JsonNode found = page.data("ipc://dns/lookup/127.0.0.1", Map.of("family", 0));
    assertEquals("127.0.0.1", found.path(0).path("address").asText());
    assertEquals(4, found.path(0).path("family").asInt());
    assertEquals(
        "ENOTFOUND",
        page.error("ipc://dns/lookup/127.0.0.1", Map.of("family", 6)).path("code").asText());
  }

  @Test
  void failsWithNodesCodeForANameThatIsNone() {
    Page page = harness.page(1, Harness.ALL);
    for (String name : List.of("no-such-name.invalid", "a".repeat(300))) {
      JsonNode error = page.error("ipc://dns/lookup/" + name, Map.of());
      assertEquals("ENOTFOUND", error.path("code").asText());
      assertEquals(name, error.path("hostname").asText());
    }
  }

  @Test
  void asksForNoNameThatThePolicyDoesNotHave() {
    Page page = harness.page(1, PolicySet.of(List.of("connect-src ipc://dns/lookup/localhost")));
    assertEquals(
        "ERR_ACCESS_DENIED",
        page.error("ipc://dns/lookup/other.example", Map.of()).path("code").asText());
    assertEquals(
        "127.0.0.1",
        page.data("ipc://dns/lookup/localhost", Map.of("family", 4))
            .path(0)
            .path("address")
            .asText());
  }
}
