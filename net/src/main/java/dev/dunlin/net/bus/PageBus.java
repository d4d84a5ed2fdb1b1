package dev.dunlin.net.bus;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.bridge.spi.Inspectable;
import dev.dunlin.bridge.spi.PushChannel;
import dev.dunlin.net.wire.Id;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a page holds of a peer. Events go to it as messages: the length of a JSON text (u32,
 * little-endian), the text, and the bytes that the event brings. Thread: the peer's lane, but
 * {@link #close}: any.
 */
final class PageBus implements Inspectable, AutoCloseable {
  private final PushChannel channel;
  private final BusPeer peer;
  private final Consumer<PageBus> onClose;
  private final Set<Id> subclusters = new LinkedHashSet<>();
  private long reported;

  PageBus(PushChannel channel, BusPeer peer, Consumer<PageBus> onClose) {
    this.channel = channel;
    this.peer = peer;
    this.onClose = onClose;
  }

  BusPeer peer() {
    return peer;
  }

  /** Those it has joined. */
  Set<Id> subclusters() {
    return subclusters;
  }

  /** Events that the page was too slow for. */
  long dropped() {
    return channel.dropped();
  }

  void tell(ObjectNode head, byte[] bytes) {
    channel.offer(frame(head, bytes));
    long dropped = channel.dropped();
    if (dropped > reported) {
      reported = dropped;
      ObjectNode warning =
          JsonNodeFactory.instance
              .objectNode()
              .put("ev", "warning")
              .put("code", "ENOBUFS")
              .put("dropped", dropped)
              .put(
                  "status",
                  dropped + " events were dropped: the page takes them too slowly, query for them");
      channel.offer(frame(warning, new byte[0]));
    }
  }

  private static byte[] frame(ObjectNode head, byte[] bytes) {
    byte[] text = head.toString().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Integer.BYTES + text.length + bytes.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(text.length)
        .put(text)
        .put(bytes)
        .array();
  }

  @Override
  public Future<Map<String, Object>> inspect() {
    return peer.inspect(this);
  }

  @Override
  public void close() {
    channel.close();
    onClose.accept(this);
  }
}
