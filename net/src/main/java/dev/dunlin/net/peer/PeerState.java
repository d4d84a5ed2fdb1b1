package dev.dunlin.net.peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * What a peer keeps between runs: its cache, what it could not send yet, and whom it knew. No keys,
 * no subclusters: who restores it joins again what it wants.
 *
 * @param datagrams cached packets
 * @param unpublished ids of own packets that nobody has got
 */
public record PeerState(
    Id peerId,
    Id clusterId,
    List<byte[]> datagrams,
    List<Id> unpublished,
    List<PeerConfig.Introducer> peers) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** As JSON text, in UTF-8. */
  public byte[] encode() {
    ObjectNode root = JSON.createObjectNode().put("version", 1);
    root.put("peerId", peerId.hex()).put("clusterId", clusterId.hex());
    ArrayNode data = root.putArray("data");
    datagrams.forEach(datagram -> data.add(Base64.getEncoder().encodeToString(datagram)));
    ArrayNode waiting = root.putArray("unpublished");
    unpublished.forEach(id -> waiting.add(id.hex()));
    ArrayNode known = root.putArray("peers");
    peers.forEach(
        peer ->
            known
                .addObject()
                .put("peerId", peer.peerId().hex())
                .put("endpoint", peer.endpoint().toString()));
    return root.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  /**
   * The opposite of {@link #encode}.
   *
   * @throws PeerException when it is no saved state
   */
  public static PeerState decode(byte[] text) {
    try {
      JsonNode root = JSON.readTree(text);
      List<byte[]> datagrams = new ArrayList<>();
      for (JsonNode datagram : root.path("data")) {
        datagrams.add(Base64.getDecoder().decode(datagram.asText()));
      }
      List<Id> unpublished = new ArrayList<>();
      for (JsonNode id : root.path("unpublished")) {
        unpublished.add(Id.parse(id.asText()));
      }
      List<PeerConfig.Introducer> peers = new ArrayList<>();
      for (JsonNode peer : root.path("peers")) {
        peers.add(
            new PeerConfig.Introducer(
                Id.parse(peer.path("peerId").asText()),
                Endpoint.parse(peer.path("endpoint").asText())));
      }
      return new PeerState(
          Id.parse(root.path("peerId").asText()),
          Id.parse(root.path("clusterId").asText()),
          datagrams,
          unpublished,
          peers);
    } catch (IOException | IllegalArgumentException e) {
      throw new PeerException(
          "EMALFORMED",
          "the saved state of the peer can't be read ("
              + e.getMessage()
              + "); remove it to start anew");
    }
  }
}
