package dev.dunlin.bt.commands;

import dev.dunlin.bridge.spi.PushChannel;
import dev.dunlin.scheduler.Lane;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What is told to a page, many things in one message:
 *
 * <pre>
 *   0      1           5        7
 *   | kind | attribute | length | bytes |      u8, u32, u16, little-endian
 * </pre>
 *
 * <p><i>Thread:</i> the lane, but {@link #close}: any.
 */
final class Told {
  /** What a record says. */
  enum Kind {
    /** A characteristic's value. */
    VALUE(0),
    /** The link whose number stands for the attribute has ended. */
    LOST(1),
    /** The device has other services now. */
    SERVICES(2),
    /** So many values, the number that stands for the attribute, were dropped. */
    DROPPED(3),
    /** JSON of an advertisement. */
    ADVERTISEMENT(4),
    /** There is a link again, whose number stands for the attribute. */
    RECONNECTED(5),
    /** Request u32, central u32, MTU u16. */
    READ(16),
    /** The same, and the value. */
    WRITE(17),
    /** One byte: whether somebody is subscribed. */
    SUBSCRIBED(18),
    /** The reason's text. */
    STOPPED(19);

    private final int number;

    Kind(int number) {
      this.number = number;
    }
  }

  private static final int HEAD_BYTES = 7;

  private final PushChannel channel;
  private final Lane lane;
  private final Runnable whenRoom;

  // --- owned by the lane
  private final ByteArrayOutputStream batch = new ByteArrayOutputStream();
  private boolean scheduled;
  private boolean full;

  /**
   * @param whenRoom runs on the lane when a page that was slow has taken what waited
   */
  Told(PushChannel channel, Lane lane, Runnable whenRoom) {
    this.channel = channel;
    this.lane = lane;
    this.whenRoom = whenRoom;
  }

  int channel() {
    return channel.id();
  }

  /** Whether the page has not taken what it was told: tell it no more values. */
  boolean isFull() {
    return full;
  }

  /** Tells it with all else of this turn. */
  void tell(Kind kind, long attribute, byte[] bytes) {
    if (batch.size() + HEAD_BYTES + bytes.length > BluetoothLimits.MESSAGE_BYTES) {
      flush();
      if (batch.size() + HEAD_BYTES + bytes.length > BluetoothLimits.WAITING_BYTES) {
        channel.close();
        return;
      }
    }
    batch.writeBytes(
        ByteBuffer.allocate(HEAD_BYTES + bytes.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put((byte) kind.number)
            .putInt((int) attribute)
            .putShort((short) bytes.length)
            .put(bytes)
            .array());
    if (!scheduled && !full) {
      scheduled = true;
      lane.execute(
          () -> {
            scheduled = false;
            flush();
          });
    }
  }

  private void flush() {
    if (full || batch.size() == 0) {
      return;
    }
    if (channel.offer(batch.toByteArray())) {
      batch.reset();
    } else if (!channel.isClosed()) {
      full = true;
      channel.whenWritable(
          () ->
              lane.execute(
                  () -> {
                    full = false;
                    flush();
                    if (!full) {
                      whenRoom.run();
                    }
                  }));
    }
  }

  void close() {
    channel.close();
  }
}
