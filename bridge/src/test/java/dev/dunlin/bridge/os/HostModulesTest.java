package dev.dunlin.bridge.os;

import static dev.dunlin.bridge.Harness.ALL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.Harness;
import dev.dunlin.bridge.Harness.Page;
import dev.dunlin.bridge.PolicySet;
import dev.dunlin.bridge.console.ConsoleModule;
import dev.dunlin.bridge.process.ProcessModule;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HostModulesTest {
  private final List<String> printed = new CopyOnWriteArrayList<>();
  private final Harness harness =
      new Harness(
          new OsModule(() -> Duration.ofNanos(1L << 60)),
          new ProcessModule(InputStream.nullInputStream()),
          new ConsoleModule((level, message) -> printed.add(level + " " + message)));
  private final Page page = harness.page(1, ALL);

  @AfterEach
  void close() {
    harness.close();
  }

  private JsonNode ask(String command) {
    return page.data("ipc://" + command, Map.of());
  }

  @Test
  void answersInNodesShapes() {
    JsonNode cpus = ask("os/cpus");
    assertTrue(cpus.size() >= 1);
    assertTrue(cpus.path(0).path("times").path("idle").isIntegralNumber());
    boolean loopback = false;
    for (JsonNode addresses : ask("os/networkInterfaces")) {
      for (JsonNode address : addresses) {
        loopback |=
            address.path("address").asText().equals("127.0.0.1")
                && address.path("internal").asBoolean()
                && address.path("cidr").asText().equals("127.0.0.1/8");
      }
    }
    assertTrue(loopback);
    assertTrue(ask("os/uptime").asDouble() > 0);
    assertTrue(ask("os/totalmem").asLong() > ask("os/freemem").asLong());
    assertEquals(3, ask("os/loadavg").size());
    assertFalse(ask("os/hostname").asText().isEmpty());
    assertFalse(ask("os/userInfo").path("username").asText().isEmpty());
    assertEquals(Long.toString(1L << 60), ask("os/hrtime").asText());
    assertTrue(ask("process/memoryUsage").path("rss").asLong() > 1 << 20);
    assertTrue(ask("process/cpuUsage").path("user").asLong() > 0);
    assertTrue(ask("process/uptime").asDouble() > 0);
  }

  @Test
  void printsInOrderForEveryDocument() {
    Page poor = harness.page(2, PolicySet.NONE);
    poor.data("ipc://console/write", Map.of("level", "error", "message", "one"));
    poor.data("ipc://console/write", Map.of("level", "stdout", "message", "two"));
    assertEquals(List.of("ERROR one", "STDOUT two"), printed);
    assertEquals(
        "ERR_INVALID_ARG_VALUE",
        poor.error("ipc://console/write", Map.of("level", "loud")).path("code").asText());
  }

  @Test
  void writesAddressesShort() {
    assertEquals("::1", OsModule.compress("0:0:0:0:0:0:0:1"));
    assertEquals("fe80::1:0:2", OsModule.compress("fe80:0:0:0:0:1:0:2"));
    assertEquals("::", OsModule.compress("0:0:0:0:0:0:0:0"));
    assertEquals("1:0:2:3:4:5:6:7", OsModule.compress("1:0:2:3:4:5:6:7"));
  }
}
