package dev.dunlin.net.headless;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.net.peer.PeerException;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
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

  /** The command of the unit for systemd, with folders of ours and the classes under test. */
  private List<String> unitCommand() throws IOException {
    Path conf = folder.resolve("relay.conf");
    Files.writeString(
        conf, "public-address = " + HOST + "\nport = " + (PORT + 2) + "\nmetrics-port = -1\n");
    String exec =
        Files.readAllLines(Path.of("src/main/systemd/dunlin-relay.service")).stream()
            .filter(line -> line.startsWith("ExecStart="))
            .findFirst()
            .orElseThrow()
            .substring("ExecStart=".length());
    List<String> words = new ArrayList<>();
    for (String word : exec.split(" ")) {
      switch (word) {
        case "/usr/bin/java" -> words.add(System.getProperty("java.home") + "/bin/java");
        case "-jar" -> words.addAll(List.of("-cp", System.getProperty("java.class.path")));
        case "/opt/dunlin/lib/dunlin-net-0.1.0.jar" -> words.add(RelayMain.class.getName());
        case "/etc/dunlin/relay.conf" -> words.add(conf.toString());
        case "/var/lib/dunlin-relay" -> words.add(folder.resolve("state").toString());
        default -> words.add(word);
      }
    }
    return words;
  }

  private static ChildProcess start(List<String> words) {
    return ProcessStarter.get()
        .start(
            ProcessSpec.of(words.toArray(String[]::new))
                .withStdio(Stdio.PIPE, Stdio.PIPE, Stdio.PIPE))
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  private static int exitCode(ChildProcess child) {
    return child.exit().toCompletionStage().toCompletableFuture().join();
  }

  private static String all(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void runsAsTheUnitForSystemdStartsItAndKeepsItsStateWhenToldToEnd() throws Exception {
    List<String> ready = new ArrayList<>();
    for (int run = 0; run < 2; run++) {
      ChildProcess relay = start(unitCommand());
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(relay.stdout(), StandardCharsets.UTF_8));
      ready.add(String.valueOf(lines.readLine()));
      // What systemd sends; 143 is what the unit takes for success.
      relay.terminate();
      assertEquals(143, exitCode(relay));
      assertEquals("", all(relay.stderr()));
      assertEquals(
          "rw-------",
          PosixFilePermissions.toString(
              Files.getPosixFilePermissions(folder.resolve("state/cache.json"))));
    }
    assertTrue(ready.get(0).contains("\"ev\":\"ready\""), ready.toString());
    assertEquals(ready.get(0), ready.get(1), "the same identity");
  }

  @Test
  void saysInOneLineWhyItDoesNotStart() throws Exception {
    List<String> words = new ArrayList<>(unitCommand());
    words.addAll(List.of("--colour", "blue"));
    ChildProcess relay = start(words);
    assertEquals(2, exitCode(relay));
    assertEquals(
        "dunlin: there is no '--colour'; 'dunlin relay --help' tells what there is\n",
        all(relay.stderr()));
    try (DatagramSocket taken = new DatagramSocket(PORT + 2, InetAddress.getByName(HOST))) {
      assertTrue(taken.isBound());
      ChildProcess second = start(unitCommand());
      assertEquals(1, exitCode(second));
      String said = all(second.stderr());
      assertTrue(said.startsWith("dunlin: ") && said.lines().count() == 1, said);
    }
  }
}
