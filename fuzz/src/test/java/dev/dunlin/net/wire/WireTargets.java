package dev.dunlin.net.wire;

import static dev.dunlin.fuzz.Target.require;
import static dev.dunlin.fuzz.Target.requireSame;

import dev.dunlin.fuzz.Target;
import dev.dunlin.net.cache.Summary;
import dev.dunlin.net.peer.PeerException;
import dev.dunlin.net.peer.PeerState;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What peers send, and what a peer keeps. */
public final class WireTargets {
  /** A clock that stands for "never", which is written in another way than it came. */
  private static final int NO_CLOCK = 2_000_000_000;

  private WireTargets() {}

  public static List<Target> all() {
    return List.of(
        new Target("packet", 2048, WireTargets::packet),
        new Target("control", 2048, WireTargets::control),
        new Target("peer-state", 256 << 10, WireTargets::state));
  }

  /** No exception; what strict rules accept, lax ones do; what is accepted is what was sent. */
  private static void packet(byte[] datagram) {
    Decoded strict = PacketCodec.decode(datagram, Rules.STRICT);
    Decoded upstream = PacketCodec.decode(datagram, Rules.UPSTREAM);
    if (strict instanceof Decoded.Accepted accepted) {
      require(upstream instanceof Decoded.Accepted, "strict is stricter");
      Packet packet = accepted.packet();
      byte[] again = PacketCodec.encode(packet);
      require(
          packet.clock() == NO_CLOCK || Arrays.equals(again, Arrays.copyOf(datagram, again.length)),
          "encoded again");
      if (packet.type().isControl()) {
        agree(packet.type(), packet.message());
      }
      extras(packet.message());
    }
  }

  /** The first byte a type; the rest the JSON of a control message, which two parsers read. */
  private static void control(byte[] input) {
    if (input.length == 0) {
      return;
    }
    List<PacketType> types =
        Arrays.stream(PacketType.values()).filter(PacketType::isControl).toList();
    byte[] message = Arrays.copyOfRange(input, 1, input.length);
    agree(types.get((input[0] & 0xff) % types.size()), message);
    extras(message);
  }

  private static void agree(PacketType type, byte[] message) {
    for (Rules rules : Rules.values()) {
      requireSame(
          Control.parseAnyJson(type, message, rules).map(Control::toString),
          Control.parse(type, message, rules).map(Control::toString),
          "two parsers of a control message");
    }
  }

  private static void extras(byte[] message) {
    Head.parse(message)
        .ifPresent(head -> requireSame(Optional.of(head), Head.parse(head.bytes()), "head"));
    Summary.decode(message)
        .ifPresent(
            summary -> {
              Summary again = Summary.decode(summary.encode()).orElseThrow();
              requireSame(summary.hashHex(), again.hashHex(), "hash of a summary");
              require(Arrays.equals(summary.prefix(), again.prefix()), "prefix of a summary");
            });
  }

  /** Refused as malformed, or the same once kept and read again. */
  private static void state(byte[] input) {
    PeerState state;
    try {
      state = PeerState.decode(input);
    } catch (PeerException malformed) {
      return;
    }
    PeerState again = PeerState.decode(state.encode());
    require(Arrays.equals(state.encode(), again.encode()), "kept and read again");
  }
}
