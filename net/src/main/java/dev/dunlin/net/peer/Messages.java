package dev.dunlin.net.peer;

import dev.dunlin.net.crypto.Opened;
import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.net.crypto.SubclusterKeys;
import dev.dunlin.net.wire.Fragments;
import dev.dunlin.net.wire.Id;
import dev.dunlin.net.wire.Packet;
import dev.dunlin.net.wire.PacketType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Makes sealed, signed packets of messages and messages of packets. Lane: the peer's. */
final class Messages {
  private static final byte[] DOMAIN = "stream-relay/6 publish".getBytes(StandardCharsets.US_ASCII);
  private static final int HALF = SigningKeys.SIGNATURE_BYTES / 2;

  private final Core core;

  Messages(Core core) {
    this.core = core;
  }

  /**
   * A message to all of a subcluster; its strong signature is in usr3 and usr4. What is returned
   * makes it and touches nothing of the peer.
   */
  Supplier<List<Packet>> publish(Id subcluster, byte[] event, byte[] bytes, long ttl) {
    SubclusterKeys keys = core.joined.get(subcluster);
    long time = core.wall();
    return () -> {
      byte[] sealed = seal(keys, bytes);
      Packet.Builder template = template(PacketType.PUBLISH, subcluster, event, bytes).ttl(ttl);
      Packet first = Fragments.split(template.build(), sealed, time).get(0);
      byte[] signature = core.sealing.sign(core.config.keys(), strong(first));
      template
          .usr3(Arrays.copyOf(signature, HALF))
          .usr4(Arrays.copyOfRange(signature, HALF, signature.length));
      return Fragments.split(template.build(), sealed, time);
    };
  }

  /** As {@link #publish}: a message to one peer, whose packets go straight there. */
  Supplier<List<Packet>> stream(Id subcluster, byte[] event, byte[] bytes, Id to) {
    SubclusterKeys keys = core.joined.get(subcluster);
    long time = core.wall();
    return () -> {
      Packet template =
          template(PacketType.STREAM, subcluster, event, bytes)
              .usr3(to.bytes())
              .usr4(core.config.peerId().bytes())
              .build();
      return Fragments.split(template, seal(keys, bytes), time);
    };
  }

  private byte[] seal(SubclusterKeys keys, byte[] bytes) {
    return core.sealing.seal(keys, bytes, core.random.source());
  }

  private Packet.Builder template(PacketType type, Id subcluster, byte[] event, byte[] bytes) {
    return Packet.builder(type)
        .clusterId(core.config.clusterId().bytes())
        .subclusterId(subcluster.bytes())
        .usr1(event)
        .usr2(core.config.keys().publicKey())
        .sig(core.sealing.signLegacy(core.config.keys(), bytes));
  }

  /** What the strong signature covers: all that gives a message its meaning. */
  private static byte[] strong(Packet first) {
    byte[][] parts = {
      DOMAIN,
      first.clusterId(),
      first.subclusterId(),
      first.previousId(),
      first.usr1(),
      first.usr2(),
      first.packetId()
    };
    ByteBuffer out = ByteBuffer.allocate(512);
    for (byte[] part : parts) {
      out.put((byte) part.length).put(part);
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  private record Result(Opened opened, Verified verified) {}

  /**
   * Tells what the parts hold, or that they can't be opened; a long one while others go on. Nothing
   * of what we are not in, or have left when it is open.
   */
  void open(Packet first, byte[] sealed, Consumer<PeerEvents.Message> to) {
    Optional<Id> subcluster = Id.from(first.subclusterId());
    SubclusterKeys keys = subcluster.map(core.joined::get).orElse(null);
    Optional<Id> id = Id.from(first.packetId());
    if (keys == null || id.isEmpty()) {
      return;
    }
    core.away(sealed.length, () -> open(keys, first, sealed))
        .onSuccess(
            result -> {
              if (!core.running || core.joined.get(subcluster.get()) != keys) {
                return;
              }
              if (result.opened instanceof Opened.Plain plain) {
                to.accept(
                    new PeerEvents.Message(
                        id.get(),
                        subcluster.get(),
                        first.usr1(),
                        plain.bytes(),
                        first.usr2(),
                        result.verified));
              } else {
                core.events.unopened(id.get(), ((Opened.Failed) result.opened).fault().name());
              }
            })
        .onFailure(fault -> core.events.unopened(id.get(), fault.toString()));
  }

  private Result open(SubclusterKeys keys, Packet first, byte[] sealed) {
    Opened opened = core.sealing.open(keys, sealed);
    return new Result(
        opened,
        opened instanceof Opened.Plain plain ? verify(first, plain.bytes()) : Verified.NONE);
  }

  private Verified verify(Packet first, byte[] plain) {
    if (first.usr3().length == HALF
        && first.usr4().length == HALF
        && first.type() == PacketType.PUBLISH) {
      byte[] signature = Arrays.copyOf(first.usr3(), 2 * HALF);
      System.arraycopy(first.usr4(), 0, signature, HALF, HALF);
      if (core.sealing.verify(first.usr2(), strong(first), signature)) {
        return Verified.STRONG;
      }
    }
    return core.sealing.verifyLegacy(first.usr2(), plain, first.sig())
        ? Verified.LEGACY
        : Verified.NONE;
  }
}
