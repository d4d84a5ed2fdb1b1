package dev.dunlin.bridge.dns;

import static dev.dunlin.bridge.dns.LoopbackDns.below;
import static dev.dunlin.bridge.dns.LoopbackDns.record;
import static dev.dunlin.bridge.dns.LoopbackDns.shorts;
import static dev.dunlin.bridge.dns.LoopbackDns.text;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.Harness;
import dev.dunlin.bridge.Harness.Page;
import dev.dunlin.bridge.PolicySet;
import io.vertx.core.buffer.Buffer;
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

  private static final Map<String, List<Buffer>> ZONE =
      Map.ofEntries(
          Map.entry("a.test/1", List.of(record(1, 60, Buffer.buffer(new byte[] {10, 0, 0, 1})))),
          Map.entry("a.test/15", List.of(record(15, 7, shorts(10).appendBuffer(below("mail"))))),
          Map.entry(
              "a.test/16",
              List.of(
                  record(
                      16,
                      7,
                      Buffer.buffer().appendBuffer(text("v=1")).appendBuffer(text("\u00fc"))))),
          Map.entry(
              "a.test/33", List.of(record(33, 7, shorts(1, 2, 8080).appendBuffer(below("srv"))))),
          Map.entry("a.test/5", List.of(record(5, 7, below("other")))),
          Map.entry("a.test/2", List.of(record(2, 7, below("ns1")))),
          Map.entry(
              "a.test/6",
              List.of(
                  record(
                      6,
                      7,
                      below("ns1")
                          .appendBuffer(below("root"))
                          .appendBuffer(
                              Buffer.buffer()
                                  .appendInt(-1)
                                  .appendInt(2)
                                  .appendInt(3)
                                  .appendInt(4)
                                  .appendInt(5))))),
          Map.entry(
              "a.test/35",
              List.of(
                  record(
                      35,
                      7,
                      shorts(1, 2)
                          .appendBuffer(text("s"))
                          .appendBuffer(text("SIP"))
                          .appendBuffer(text("!x!"))
                          .appendBuffer(below("sip"))))),
          Map.entry(
              "a.test/257",
              List.of(
                  record(
                      257,
                      7,
                      Buffer.buffer(new byte[] {(byte) 128})
                          .appendBuffer(text("issue"))
                          .appendString("ca.example")))),
          Map.entry("1.0.0.127.in-addr.arpa/12", List.of(record(12, 7, below("host")))),
          Map.entry("long.test/16", List.of(record(16, 7, text("x".repeat(250))))),
          Map.entry("broken.test/1", List.of(record(1, 7, shorts(1)))),
          Map.entry("fails.test/1", List.of()),
          Map.entry("refused.test/1", List.of()));

  private final LoopbackDns server = new LoopbackDns(harness.vertx, ZONE);

  @AfterEach
  void stop() {
    server.close();
  }

  private JsonNode resolve(String name, String type) {
    return harness.page(1, Harness.ALL).data(server.url(name), Map.of("rrtype", type)).path(0);
  }

  @Test
  void readsEveryKindOfRecordAndNamesThatPointElsewhere() {
    for (String expected :
        List.of(
            "A {'type':'A','ttl':60,'address':'10.0.0.1'}",
            "MX {'type':'MX','ttl':7,'priority':10,'exchange':'mail.a.test'}",
            "TXT {'type':'TXT','ttl':7,'entries':['v=1','\u00fc']}",
            "SRV {'type':'SRV','ttl':7,'priority':1,'weight':2,'port':8080,'name':'srv.a.test'}",
            "CNAME {'type':'CNAME','ttl':7,'value':'other.a.test'}",
            "NS {'type':'NS','ttl':7,'value':'ns1.a.test'}",
            "SOA {'type':'SOA','ttl':7,'nsname':'ns1.a.test','hostmaster':'root.a.test',"
                + "'serial':4294967295,'refresh':2,'retry':3,'expire':4,'minttl':5}",
            "NAPTR {'type':'NAPTR','ttl':7,'order':1,'preference':2,'flags':'s','service':'SIP',"
                + "'regexp':'!x!','replacement':'sip.a.test'}",
            "CAA {'type':'CAA','ttl':7,'critical':128,'tag':'issue','value':'ca.example'}")) {
      String[] parts = expected.split(" ", 2);
      assertEquals(parts[1].replace('\'', '"'), resolve("a.test", parts[0]).toString());
    }
    assertEquals(
        "host.1.0.0.127.in-addr.arpa",
        resolve("1.0.0.127.in-addr.arpa", "PTR").path("value").asText());
  }

  @Test
  void asksAgainOverTcpForWhatIsCutOff() {
    assertEquals("x".repeat(250), resolve("long.test", "TXT").path("entries").path(0).asText());
    assertEquals(List.of("long.test/16", "tcp long.test/16"), server.asked);
  }

  @Test
  void failsWithNodesCodes() {
    Page page = harness.page(1, Harness.ALL);
    for (String[] failing :
        new String[][] {
          {"none.test", "MX", "ENOTFOUND", "queryMx"},
          {"a.test", "AAAA", "ENODATA", "queryAaaa"},
          {"fails.test", "A", "ESERVFAIL", "queryA"},
          {"refused.test", "A", "EREFUSED", "queryA"},
          {"silent.test", "A", "ETIMEOUT", "queryA"},
          {"broken.test", "A", "EBADRESP", "queryA"},
          {"a..b", "A", "EBADNAME", "queryA"},
          {"a".repeat(300), "A", "EBADNAME", "queryA"}
        }) {
      // What is answered may take as long as a busy machine does.
      int timeout = failing[2].equals("ETIMEOUT") ? 50 : 10_000;
      JsonNode error =
          page.error(
              server.url(failing[0]), Map.of("rrtype", failing[1], "timeout", timeout, "tries", 1));
      assertEquals(failing[2], error.path("code").asText(), failing[0]);
      assertEquals(failing[3], error.path("syscall").asText());
      assertEquals(
          failing[3] + " " + failing[2] + " " + failing[0], error.path("message").asText());
    }
  }

  @Test
  void asksNoServerAndNoNameThatThePolicyDoesNotHave() {
    Page page =
        harness.page(
            1, PolicySet.of(List.of("connect-src " + server.url("a.test") + " ipc://dns/resolve")));
    assertEquals(1, page.data(server.url("a.test"), Map.of()).size());
    for (String url :
        List.of(
            server.url("other.test"),
            "ipc://dns/resolveAt/127.0.0.1:" + (server.port() ^ 1) + "/a.test",
            "ipc://dns/reverse/127.0.0.1",
            "ipc://dns/servers",
            "ipc://dns/lookup/a.test")) {
      assertEquals("ERR_ACCESS_DENIED", page.error(url, Map.of()).path("code").asText(), url);
    }
    assertEquals(List.of("a.test/1"), server.asked);
  }

  @Test
  void refusesWhatIsNoServerAndNoKindOfRecord() {
    Page page = harness.page(1, Harness.ALL);
    for (String bad :
        List.of(
            "resolveAt/localhost:53/a.test",
            "resolveAt/127.1:53/a.test",
            "resolveAt/127.0.0.1/a.test",
            "resolveAt/127.0.0.1:99999/a.test",
            "resolveAt/127.0.0.1:53",
            "reverse/localhost")) {
      assertEquals(
          "ERR_INVALID_CALL", page.error("ipc://dns/" + bad, Map.of()).path("code").asText(), bad);
    }
    for (Map<String, Object> bad :
        List.<Map<String, Object>>of(
            Map.of("rrtype", "AXFR"), Map.of("timeout", 60_001), Map.of("tries", 0))) {
      assertEquals(
          "ERR_INVALID_CALL",
          page.error(server.url("a.test"), bad).path("code").asText(),
          bad.toString());
    }
  }

  @Test
  void knowsWhereAnAddressHasItsPointer() {
    assertEquals("1.2.0.192.in-addr.arpa", DnsModule.arpa(new byte[] {(byte) 192, 0, 2, 1}));
    byte[] six = new byte[16];
    six[0] = 0x20;
    six[15] = 1;
    assertEquals("1" + ".0".repeat(29) + ".0.2.ip6.arpa", DnsModule.arpa(six));
  }
}
