package dev.dunlin.net.headless;

import dev.dunlin.net.peer.PeerConfig;
import dev.dunlin.net.peer.PeerException;
import dev.dunlin.net.wire.Endpoint;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/**
 * What {@code dunlin relay} is told, by flags or by a file of {@code key = value} lines, whose keys
 * are the flags without their dashes. Flags win.
 *
 * @param address what it binds to
 * @param publicAddress where others reach it
 * @param state folder of its identity and its cache
 * @param metricsPort of the loopback's, -1 for none
 */
public record RelayOptions(
    String address,
    String publicAddress,
    int port,
    int probePort,
    long keepAliveMillis,
    Path state,
    int metricsPort,
    List<PeerConfig.Introducer> introducers) {
  /** Where a relay listens that is told nothing else. */
  static final int DEFAULT_PORT = 9777;

  static final int DEFAULT_METRICS_PORT = 9778;

  private static final Set<String> KEYS =
      Set.of(
          "address",
          "public-address",
          "port",
          "probe-port",
          "keepalive",
          "state",
          "metrics-port",
          "introducers",
          "config");

  /** What can be said, for people. */
  public static final String USAGE =
      """
      Usage: dunlin relay [--config FILE] [--KEY VALUE]...

      Runs a well-known peer: it introduces others, tells them what NAT they are behind, relays and
      keeps their packets. It needs no window and runs until it is ended (SIGTERM, Ctrl-C).

        --address IP          what it binds to; 0.0.0.0 when nothing is said
        --public-address IP   where others reach it; needed unless --address says it
        --port N              9777 when nothing is said
        --probe-port N        any when nothing is said
        --state DIR           folder of its identity and cache; ./dunlin-relay when nothing is said
        --metrics-port N      OpenMetrics at http://127.0.0.1:N/metrics; 9778 when nothing is said, -1 for none
        --keepalive MS        30000 when nothing is said
        --introducers LIST    others like it: peerId@ip:port, with commas between
        --config FILE         the same keys, without dashes, as lines KEY = VALUE; flags win
      """;

  /**
   * @throws PeerException when the words make no sense, or the file can't be read
   */
  public static RelayOptions parse(List<String> words) {
    Map<String, String> flags = new LinkedHashMap<>();
    for (int i = 0; i < words.size(); i += 2) {
      String word = words.get(i);
      if (!word.startsWith("--") || !KEYS.contains(word.substring(2))) {
        throw new PeerException(
            "EINVAL", "there is no '" + word + "'; 'dunlin relay --help' tells what there is");
      }
      if (i + 1 == words.size()) {
        throw new PeerException("EINVAL", word + " needs a value");
      }
      flags.put(word.substring(2), words.get(i + 1));
    }
    Map<String, String> values = new LinkedHashMap<>();
    if (flags.containsKey("config")) {
      values.putAll(read(Path.of(flags.get("config"))));
    }
    values.putAll(flags);
    return of(values);
  }

  /** Of keys that there are. */
  static RelayOptions of(Map<String, String> values) {
    String address = values.getOrDefault("address", "0.0.0.0");
    return new RelayOptions(
        address,
        values.getOrDefault("public-address", address),
        (int) number(values, "port", DEFAULT_PORT),
        (int) number(values, "probe-port", 0),
        number(values, "keepalive", PeerConfig.DEFAULT_KEEP_ALIVE.toMillis()),
        folder(values.getOrDefault("state", "dunlin-relay")),
        (int) number(values, "metrics-port", DEFAULT_METRICS_PORT),
        PeerOptions.parseIntroducers(
            Arrays.stream(values.getOrDefault("introducers", "").split(","))
                .map(String::strip)
                .filter(introducer -> !introducer.isEmpty())
                .toList()));
  }

  private static Map<String, String> read(Path file) {
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      return read(file, reader);
    } catch (IOException e) {
      throw new PeerException("EINVAL", "the file " + file + " can't be read: " + e.getMessage());
    }
  }

  /**
   * The keys of a file.
   *
   * @param file named in errors
   */
  static Map<String, String> read(Path file, Reader reader) {
    Properties properties = new Properties();
    try {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new PeerException("EINVAL", "the file " + file + " can't be read: " + e.getMessage());
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (String key : properties.stringPropertyNames()) {
      if (!KEYS.contains(key) || key.equals("config")) {
        throw new PeerException(
            "EINVAL",
            "there is no key '"
                + key
                + "' ("
                + file
                + "); 'dunlin relay --help' tells what there is");
      }
      values.put(key, properties.getProperty(key).strip());
    }
    return values;
  }

  private static Path folder(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new PeerException("EINVAL", "--state takes a folder: " + e.getMessage());
    }
  }

  private static long number(Map<String, String> values, String key, long otherwise) {
    String text = values.getOrDefault(key, Long.toString(otherwise));
    if (!text.matches("-?[0-9]{1,9}")) {
      throw new PeerException("EINVAL", "--" + key + " takes a number, not '" + text + "'");
    }
    return Long.parseLong(text);
  }

  /** Where others find it. */
  Endpoint endpoint() {
    int host =
        Endpoint.parseAddress(publicAddress)
            .filter(parsed -> parsed != 0)
            .orElseThrow(
                () ->
                    new PeerException(
                        "EINVAL",
                        "others must know where a relay is: give it --public-address IP (IPv4), not '"
                            + publicAddress
                            + "'"));
    if (!Endpoint.isPort(port)) {
      throw new PeerException("EINVAL", "--port takes 1 to 65535, not " + port);
    }
    return new Endpoint(host, port);
  }
}
