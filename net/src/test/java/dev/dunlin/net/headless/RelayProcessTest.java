package dev.dunlin.net.headless;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.net.peer.PeerException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RelayProcessTest {
  private static final int PORT = 39_790;
  private static final String HOST = "127.0.0.120";

  @TempDir private Path folder;

  private RelayProcess relay(String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "--address",
                HOST,
                "--port",
                "" + PORT,
                "--metrics-port",
                "0",
                "--state",
                folder.resolve("state").toString()));
    words.addAll(List.of(more));
    return RelayProcess.start(
        RelayOptions.parse(words),
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
  }

  private static HttpResponse<String> get(RelayProcess relay, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + relay.metricsPort() + path))
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static long metric(RelayProcess relay, String name) throws Exception {
    Matcher line =
        Pattern.compile("(?m)^dunlin_relay_" + name + " (\\d+)$")
            .matcher(get(relay, "/metrics").body());
    assertTrue(line.find(), name);
    return Long.parseLong(line.group(1));
  }

  @Test
  void keepsItsIdentityAndWhatItKeepsForOthersAcrossRestarts() throws Exception {
    RelayProcess first = relay();
    Path identity = folder.resolve("state/identity");
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(identity)));
    String known = first.id().hex() + "@" + HOST + ":" + PORT;
    java.io.PipedOutputStream stdin = new java.io.PipedOutputStream();
    java.io.PipedInputStream in = new java.io.PipedInputStream(stdin);
    PeerOptions client =
        new PeerOptions(
            false, "client", "127.0.0.121", 0, 0, 30_000, "c", List.of("room"), List.of(known));
    var exit =
        dev.dunlin.scheduler.Threads.async(
            "test-client",
            () ->
                PeerProcess.run(
                    client,
                    in,
                    new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8)));
    stdin.write(
        "{\"cmd\":\"publish\",\"secret\":\"room\",\"event\":\"e\",\"text\":\"t\"}\n"
            .getBytes(StandardCharsets.UTF_8));
    stdin.flush();
    for (int i = 0; i < 2_000 && metric(first, "cached_packets") == 0; i++) {
      Thread.onSpinWait();
    }
    assertEquals(1, metric(first, "cached_packets"));
    stdin.close();
    assertEquals(0, exit.get());
    first.stop();
    // Its port is free again, and so is that of the metrics.
    new DatagramSocket(PORT, InetAddress.getByName(HOST)).close();
    assertThrows(IOException.class, () -> get(first, "/metrics"));

    RelayProcess second = relay();
    assertEquals(first.id(), second.id());
    assertEquals(1, metric(second, "cached_packets"));
    second.stop();
  }

  @Test
  void tellsItsFiguresOnTheLoopbackToWhoAsksForThem() throws Exception {
    RelayProcess relay = relay();
    HttpResponse<String> metrics = get(relay, "/metrics");
    assertEquals(200, metrics.statusCode());
    assertTrue(
        metrics
            .headers()
            .firstValue("content-type")
            .orElseThrow()
            .startsWith("application/openmetrics-text"));
    assertTrue(metrics.body().endsWith("# EOF\n"), metrics.body());
    assertTrue(
        metrics
            .body()
            .contains(
                "# TYPE dunlin_relay_sent_datagrams counter\ndunlin_relay_sent_datagrams_total "));
    assertEquals(404, get(relay, "/").statusCode());
    relay.stop();
  }

  @Test
  void takesItsSettingsFromAFileAndFlagsWin() throws Exception {
    Path file = folder.resolve("relay.conf");
    Files.writeString(
        file, "# ours\npublic-address = 198.51.100.1\nport = 4000\nmetrics-port = -1\n");
    RelayOptions options =
        RelayOptions.parse(List.of("--config", file.toString(), "--port", "5000"));
    assertEquals("198.51.100.1:5000", options.endpoint().toString());
    assertEquals(-1, options.metricsPort());
    assertNotEquals("", RelayOptions.USAGE);
    Files.writeString(file, "colour = blue\n");
    assertThrows(
        PeerException.class, () -> RelayOptions.parse(List.of("--config", file.toString())));
    assertThrows(PeerException.class, () -> RelayOptions.parse(List.of("--port")));
    assertThrows(PeerException.class, () -> RelayOptions.parse(List.of("--port", "many")));
    assertThrows(PeerException.class, () -> RelayOptions.parse(List.of()).endpoint());
  }

  @Test
  void saysWhenAPortIsTakenAndLeavesNothingOpen() throws Exception {
    RelayProcess relay = relay();
    PeerException metrics =
        assertThrows(
            PeerException.class,
            () -> relay("--port", "" + (PORT + 1), "--metrics-port", "" + relay.metricsPort()));
    assertEquals("EADDRINUSE", metrics.code());
    new DatagramSocket(PORT + 1, InetAddress.getByName(HOST)).close();
    assertEquals("EADDRINUSE", assertThrows(PeerException.class, this::relay).code());
    relay.stop();
  }
}
