package dev.dunlin.net.peer;

import dev.dunlin.net.nat.NatType;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import java.util.List;

/** What a peer tells. Called on its lane; must not block. */
public interface PeerEvents {
  /** The kind of NAT is known, the network may be used. May come again after a change. */
  default void ready(Endpoint external, NatType nat) {}

  /** Not ready, and why. */
  default void connecting(String code, String reason) {}

  /** A link to a peer; again when the way to it is another: by a third, or directly after all. */
  default void connected(Id peer, Endpoint endpoint, NatType nat, boolean proxied) {}

  /** A link is gone. */
  default void disconnected(Id peer) {}

  /** Somebody is in a subcluster that we are in. */
  default void joined(Id peer, Id subcluster) {}

  /** A message to a subcluster that we are in, opened. */
  default void packet(Message message) {}

  /** A message to this peer, opened. */
  default void stream(Id from, Message message) {}

  /** What an own message was sent as. */
  default void published(List<Id> ids) {}

  /** An answer to a question of ours: the message as it was cached, sealed. */
  default void answered(Id query, Id subcluster, byte[] message) {}

  /** A peer that lacks something has compared its cache with ours: it was sent so many packets. */
  default void synced(Id peer, int packets) {}

  /** An introduction was not taken, as it seems to be old or of the future. */
  default void skewed(long millis) {}

  /** A message in a subcluster of ours that could not be opened. */
  default void unopened(Id packet, String reason) {}

  /**
   * A message.
   *
   * @param event SHA-256 of the event's name
   */
  record Message(
      Id packetId, Id subcluster, byte[] event, byte[] bytes, byte[] signer, Verified verified) {}
}
