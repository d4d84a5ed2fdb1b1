package dev.dunlin.net.headless;

import dev.dunlin.net.crypto.Hashes;
import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.net.peer.PeerConfig;
import dev.dunlin.net.peer.PeerException;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What {@code dunlin peer} is told, as words.
 *
 * @param name the seed of peer id and keys
 * @param subclusters texts whose hashes are the shared keys
 * @param introducers each {@code peerId@ip:port}
 */
public record PeerOptions(
    boolean introducer,
    String name,
    String address,
    int port,
    int probePort,
    long keepAliveMillis,
    String cluster,
    List<String> subclusters,
    List<String> introducers) {

  /**
   * @throws PeerException when the words make no sense
   */
  PeerConfig config() {
    if (Endpoint.parseAddress(address).isEmpty()) {
      throw new PeerException(
          "EINVAL", "--address takes an IPv4 address such as 127.0.0.2, not '" + address + "'");
    }
    Optional<Endpoint> external = Optional.empty();
    if (introducer) {
      if (Endpoint.parseAddress(address).get() == 0 || port == 0) {
        throw new PeerException(
            "EINVAL", "others must know where an introducer is: give it --address IP and --port N");
      }
      external = Optional.of(Endpoint.parse(address + ":" + port));
    }
    return new PeerConfig(
        Id.of(Hashes.sha256(name)),
        SigningKeys.ofText(name),
        Id.of(Hashes.sha256(cluster)),
        introducer,
        external,
        checkPort("--port", port),
        checkPort("--probe-port", probePort),
        Duration.ofMillis(keepAliveMillis),
        parseIntroducers(introducers));
  }

  private static int checkPort(String flag, int port) {
    if (port != 0 && !Endpoint.isPort(port)) {
      throw new PeerException("EINVAL", flag + " takes 0 (any) to 65535, not " + port);
    }
    return port;
  }

  /**
   * Of {@code peerId@ip:port}, with commas or spaces between.
   *
   * @param setting what a message says where they stand
   * @throws PeerException when they are something else
   */
  public static List<PeerConfig.Introducer> parseIntroducers(String setting, String texts) {
    return parseIntroducers(setting, List.of(texts.strip().split("[,\\s]+")));
  }

  static List<PeerConfig.Introducer> parseIntroducers(List<String> introducers) {
    return parseIntroducers("--introducers", introducers);
  }

  private static List<PeerConfig.Introducer> parseIntroducers(
      String setting, List<String> introducers) {
    List<PeerConfig.Introducer> list = new ArrayList<>();
    for (String text : introducers) {
      int at = text.indexOf('@');
      try {
        list.add(
            new PeerConfig.Introducer(
                Id.parse(text.substring(0, Math.max(at, 0))),
                Endpoint.parse(text.substring(at + 1))));
      } catch (IllegalArgumentException e) {
        throw new PeerException(
            "EINVAL",
            setting
                + " takes peerId@ip:port, with commas between, where the peer id is 64 hex digits; not '"
                + text
                + "'");
      }
    }
    return list;
  }
}
