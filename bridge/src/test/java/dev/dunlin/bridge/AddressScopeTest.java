package dev.dunlin.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.Harness.Page;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Permission;
import dev.dunlin.bridge.spi.Command.Resource;
import dev.dunlin.bridge.spi.Command.RunsOn;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses as resources: one address has one spelling, and what was checked is what is used. */
final class AddressScopeTest {
  private final Harness harness = new Harness(new Post());
  private int window;

  @AfterEach
  void close() {
    harness.close();
  }

  /** Tells the address it was given. */
  private static final class Post implements CommandModule {
    @Override
    public String name() {
      return "post";
    }

    @Override
    public List<Command> commands() {
      return List.of(
          new Command(
              "to", new Resource.Address("box"), Permission.POLICY, RunsOn.EVENT_LOOP, Post::to),
          new Command(
              "open",
              new Resource.None(),
              Permission.POLICY,
              RunsOn.EVENT_LOOP,
              call -> {
                AutoCloseable box = () -> {};
                return Future.succeededFuture(new Reply.Data(call.register(box).value()));
              }));
    }

    private static Future<Reply> to(Call call) {
      InetSocketAddress address = call.address();
      return Future.succeededFuture(
          new Reply.Data(
              List.of(
                  address.getAddress().getHostAddress(),
                  address.getPort(),
                  call.allows("from", address),
                  call.param("box").isPresent() && call.handle(AutoCloseable.class) != null)));
    }
  }

  private Page page(String sources) {
    return harness.page(++window, PolicySet.of(List.of("connect-src " + sources)));
  }

  @ParameterizedTest
  @CsvSource({
    "ipc://post/to/127.0.0.1:9, 127.0.0.1:9, 127.0.0.1",
    "ipc://post/to/127.0.0.1:9, localhost:9, 127.0.0.1",
    "ipc://post/to/127.0.0.1:9, [::ffff:127.0.0.1]:9, 127.0.0.1",
    "ipc://post/to/127.0.0.1:9, %5B%3A%3Affff%3A7f00%3A1%5D%3A9, 127.0.0.1",
    "ipc://post/to/[::1]:9, [::1]:9, 0:0:0:0:0:0:0:1",
    "ipc://post/to/[::1]:9, %5B0:0:0:0:0:0:0:1%5D:9, 0:0:0:0:0:0:0:1",
    "ipc://post/to/%5B::1%5D:9, [0::1]:9, 0:0:0:0:0:0:0:1",
    "ipc://post/to/[fe80::1%25lo]:9, [FE80:0::1%25lo]:9, fe80:0:0:0:0:0:0:1%1",
    "ipc://post/to/[fe80::1%25lo]:9, [FE80:0::1%251]:9, fe80:0:0:0:0:0:0:1%1",
    "ipc://post/to/, 198.51.100.7:0, 198.51.100.7",
    "ipc:, 255.255.255.255:65535, 255.255.255.255",
  })
  void allowsAnAddressHoweverItIsSpelt(String source, String asked, String used) {
    JsonNode told = page(source).data("ipc://post/to/" + asked, Map.of("family", 4));
    assertEquals(used, told.path(0).asText());
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:10, ipc://post/to/127.0.0.1:10",
    "127.0.0.2:9, ipc://post/to/127.0.0.2:9",
    "[::1]:9, ipc://post/to/%5B::1%5D:9",
    "[::ffff:7f00:2]:9, ipc://post/to/127.0.0.2:9",
    "0.0.0.0:9, ipc://post/to/0.0.0.0:9",
    "other.example:9, ipc://dns/lookup/other.example",
  })
  void deniesAnyOtherAndNamesTheSourceToAdd(String asked, String source) {
    JsonNode error = page("ipc://post/to/127.0.0.1:9").error("ipc://post/to/" + asked, Map.of());
    assertEquals("ERR_ACCESS_DENIED", error.path("code").asText());
    assertEquals(source, error.path("source").asText());
    assertTrue(page(source).call("ipc://post/to/" + asked, Map.of("family", 4)).isArray());
    JsonNode again = page(source).call("ipc://post/to/" + asked, Map.of());
    assertTrue(
        again.path(1).asInt() == 0 || again.path(2).path("code").asText().equals("ENOTFOUND"));
  }

  @Test
  void checksTheAddressThatANameStandsForAndNotTheName() {
    Page page = page("ipc://post/to/localhost:9");
    assertEquals(
        "ipc://post/to/127.0.0.1:9",
        page.error("ipc://post/to/localhost:9", Map.of("family", 4)).path("source").asText());
  }

  @Test
  void looksUpANameWithThePolicysLeaveOnly() {
    for (String source : List.of("ipc://dns/lookup/none.invalid", "ipc://post/to/none.invalid:9")) {
      JsonNode error = page(source).error("ipc://post/to/none.invalid:9", Map.of());
      assertEquals("ENOTFOUND", error.path("code").asText(), source);
    }
    assertEquals(
        "ERR_ACCESS_DENIED",
        page("ipc://post/to/127.0.0.1:9")
            .error("ipc://post/to/none.invalid:9", Map.of())
            .path("code")
            .asText());
    String endless = "a".repeat(300);
    assertEquals(
        "ENOTFOUND",
        page("ipc:").error("ipc://post/to/" + endless + ":9", Map.of()).path("code").asText());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1", ":9", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:9/", "::1:9",
        "[127.0.0.1]:9", "[]:9", "[::1:9", "127.0.0.1:9/more", "[::g]:9", "127.0.0.1:0x9",
            "[::1%25none]:9"
      })
  void refusesWhatIsNoAddress(String asked) {
    String code = page("ipc:").error("ipc://post/to/" + asked, Map.of()).path("code").asText();
    assertEquals(asked.contains("none") ? "ENOTFOUND" : "ERR_INVALID_CALL", code);
  }

  @Test
  void findsTheHandleThatACallNames() {
    Page page = page("ipc:");
    String box = page.data("ipc://post/open", Map.of()).asText();
    assertTrue(page.data("ipc://post/to/127.0.0.1:9", Map.of("box", box)).path(3).asBoolean());
    assertEquals(
        "ERR_UNKNOWN_HANDLE",
        page("ipc:").error("ipc://post/to/127.0.0.1:9", Map.of("box", box)).path("code").asText());
  }

  @Test
  void tellsACommandWhatElseThePolicyAllows() {
    String to = "ipc://post/to/127.0.0.1:9";
    assertTrue(page(to + " ipc://post/from/127.0.0.1:9").data(to, Map.of()).path(2).asBoolean());
    assertTrue(!page(to + " ipc://post/from/127.0.0.1:8").data(to, Map.of()).path(2).asBoolean());
  }
}
