package dev.dunlin.bridge;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.ByteSource;
import dev.dunlin.bridge.spi.PushChannel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All push channels of one document, as one stream of frames:
 *
 * <pre>
 *   0        4        8        8 + length
 *   | length | channel | payload |          both u32 little-endian; length 0 ends the channel
 * </pre>
 *
 * <p>A channel sends while its credit is above zero; what is under way is thus bounded by its
 * credit and one message.
 *
 * <p><i>Thread:</i> any; all state is guarded by this.
 */
final class PushStream {
  private static final int HEADER_BYTES = 8;

  private final Map<Integer, Channel> channels = new HashMap<>();
  private final Deque<byte[]> ready = new ArrayDeque<>();
  // Ends among what is ready: a channel counts until the page has read its end.
  private int ends;
  private int sentOfFirst;
  private int lastId;
  private boolean gone;
  private Reader reader;
  private Runnable whenLeft = () -> {};

  /** What runs when the page has left its stream, and has opened no other. */
  synchronized void whenLeft(Runnable action) {
    whenLeft = action;
  }

  /** Whether somebody reads it. */
  synchronized boolean isOpen() {
    return reader != null;
  }

  /** Bytes that wait for the page. */
  synchronized long waitingBytes() {
    return ready.stream().mapToLong(frame -> frame.length).sum()
        + channels.values().stream().mapToLong(channel -> channel.waitingBytes).sum();
  }

  /** The stream for the page. A new one replaces the last and begins with a whole frame. */
  ByteSource open() {
    Reader replaced;
    Reader opened = new Reader();
    synchronized (this) {
      replaced = reader;
      reader = opened;
      sentOfFirst = 0;
    }
    if (replaced != null) {
      replaced.wake();
    }
    return opened;
  }

  Channel openChannel(PushChannel.Overflow overflow, int boundBytes) {
    synchronized (this) {
      if (gone) {
        throw new BridgeError("AbortError", "ERR_CANCELLED", "the document that asked is gone");
      }
      if (channels.size() + ends >= Limits.PUSH_CHANNELS) {
        throw new BridgeError(
            "Error",
            "ERR_TOO_MANY_CALLS",
            "a document may have "
                + Limits.PUSH_CHANNELS
                + " push channels, those whose end it has not read from ipc://push/ included: close"
                + " some, and read the push stream");
      }
      Channel channel = new Channel(++lastId, overflow, boundBytes);
      channels.put(channel.id, channel);
      return channel;
    }
  }

  /** The page has taken {@code bytes} of a channel; a channel that is over takes no notice. */
  void credit(int id, long bytes) {
    Runnable writable = null;
    synchronized (this) {
      Channel channel = channels.get(id);
      if (channel != null) {
        channel.credit = (int) Math.min(Limits.PUSH_CREDIT_BYTES, channel.credit + bytes);
        channel.send();
        writable = channel.takeWritable();
      }
    }
    if (writable != null) {
      writable.run();
    }
    wake();
  }

  /** The document is gone: nothing is sent any more, and every channel is closed. */
  void end() {
    List<Runnable> writable = new ArrayList<>();
    synchronized (this) {
      gone = true;
      ready.clear();
      ends = 0;
      for (Channel channel : channels.values()) {
        channel.closed = true;
        channel.waiting.clear();
        Runnable action = channel.takeWritable();
        if (action != null) {
          writable.add(action);
        }
      }
      channels.clear();
    }
    writable.forEach(Runnable::run);
    wake();
  }

  private void wake() {
    Reader current;
    synchronized (this) {
      current = reader;
    }
    if (current != null) {
      current.wake();
    }
  }

  private void frame(int channel, byte[] payload) {
    ready.add(
        ByteBuffer.allocate(HEADER_BYTES + payload.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(payload.length)
            .putInt(channel)
            .put(payload)
            .array());
  }

  /** One channel. */
  final class Channel implements PushChannel {
    private final int id;
    private final Overflow overflow;
    private final int boundBytes;
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private int credit = Limits.PUSH_CREDIT_BYTES;
    private long dropped;
    private boolean closed;
    private Runnable writable;

    private Channel(int id, Overflow overflow, int boundBytes) {
      this.id = id;
      this.overflow = overflow;
      this.boundBytes = boundBytes;
    }

    @Override
    public int id() {
      return id;
    }

    @Override
    public boolean offer(byte[] message) {
      if (message.length == 0 || message.length > boundBytes) {
        throw new IllegalArgumentException(
            "a push message has 1 to " + boundBytes + " bytes; this has " + message.length);
      }
      synchronized (PushStream.this) {
        if (closed) {
          return false;
        }
        if (credit <= 0 && waitingBytes + message.length > boundBytes) {
          if (overflow == Overflow.STOP_READING) {
            return false;
          }
          while (waitingBytes + message.length > boundBytes) {
            waitingBytes -= waiting.removeFirst().length;
            dropped++;
          }
        }
        waiting.add(message);
        waitingBytes += message.length;
        send();
      }
      wake();
      return true;
    }

    @Override
    public void whenWritable(Runnable action) {
      synchronized (PushStream.this) {
        if (!closed && !waiting.isEmpty()) {
          writable = action;
          return;
        }
      }
      action.run();
    }

    @Override
    public long dropped() {
      synchronized (PushStream.this) {
        return dropped;
      }
    }

    @Override
    public boolean isClosed() {
      synchronized (PushStream.this) {
        return closed;
      }
    }

    @Override
    public void close() {
      synchronized (PushStream.this) {
        if (closed) {
          return;
        }
        closed = true;
        send();
      }
      wake();
    }

    private void send() {
      while (credit > 0 && !waiting.isEmpty()) {
        byte[] message = waiting.removeFirst();
        waitingBytes -= message.length;
        credit -= message.length;
        frame(id, message);
      }
      if (closed && waiting.isEmpty() && channels.remove(id) != null) {
        frame(id, new byte[0]);
        ends++;
      }
    }

    private Runnable takeWritable() {
      if (!closed && !waiting.isEmpty()) {
        return null;
      }
      Runnable action = writable;
      writable = null;
      return action;
    }
  }

  private final class Reader implements ByteSource {
    private Runnable readable;

    @Override
    public int read(byte[] target, int length) {
      synchronized (PushStream.this) {
        if (gone || reader != this) {
          return END;
        }
        int copied = 0;
        while (copied < length && !ready.isEmpty()) {
          byte[] frame = ready.getFirst();
          int count = Math.min(length - copied, frame.length - sentOfFirst);
          System.arraycopy(frame, sentOfFirst, target, copied, count);
          copied += count;
          sentOfFirst += count;
          if (sentOfFirst == frame.length) {
            ready.removeFirst();
            if (frame.length == HEADER_BYTES) {
              ends--;
            }
            sentOfFirst = 0;
          }
        }
        return copied == 0 ? NOT_YET : copied;
      }
    }

    @Override
    public void whenReadable(Runnable action) {
      synchronized (PushStream.this) {
        if (!gone && reader == this && ready.isEmpty()) {
          readable = action;
          return;
        }
      }
      action.run();
    }

    private void wake() {
      Runnable action;
      synchronized (PushStream.this) {
        if (!gone && reader == this && ready.isEmpty()) {
          return;
        }
        action = readable;
        readable = null;
      }
      if (action != null) {
        action.run();
      }
    }

    @Override
    public void close() {
      Runnable left = () -> {};
      synchronized (PushStream.this) {
        if (reader == this) {
          reader = null;
          sentOfFirst = 0;
          left = whenLeft;
        }
      }
      left.run();
      wake();
    }
  }
}
