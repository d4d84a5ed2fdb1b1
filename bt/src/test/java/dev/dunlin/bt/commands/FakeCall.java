package dev.dunlin.bt.commands;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.bridge.spi.Body;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Caller;
import dev.dunlin.bridge.spi.HandleId;
import dev.dunlin.bridge.spi.PushChannel;
import dev.dunlin.bridge.spi.ScopedPath;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A call as the dispatcher gives it to a command: allowed, and of one page. */
final class FakeCall implements Call {
  /** A page: what it has open, and what its policy names. */
  static final class FakePage {
    final Map<String, AutoCloseable> open = new HashMap<>();
    final List<FakeChannel> channels = new ArrayList<>();
    final Promise<Void> gone = Promise.promise();
    Set<String> policy = Set.of();
    boolean slow;

    /** It is left: all that it has open is closed. */
    void leave() throws Exception {
      for (AutoCloseable one : List.copyOf(open.values())) {
        one.close();
      }
      open.clear();
    }
  }

  /** What is pushed. */
  static final class FakeChannel implements PushChannel {
    private final FakePage page;
    private final int id;
    private Optional<Runnable> writable = Optional.empty();
    final List<byte[]> messages = new ArrayList<>();
    boolean closed;

    FakeChannel(FakePage page, int id) {
      this.page = page;
      this.id = id;
    }

    void takeAgain() {
      page.slow = false;
      writable.ifPresent(Runnable::run);
      writable = Optional.empty();
    }

    @Override
    public int id() {
      return id;
    }

    @Override
    public boolean offer(byte[] message) {
      if (closed || page.slow) {
        return false;
      }
      messages.add(message);
      return true;
    }

    @Override
    public void whenWritable(Runnable action) {
      writable = Optional.of(action);
    }

    @Override
    public long dropped() {
      return 0;
    }

    @Override
    public boolean isClosed() {
      return closed;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private final FakePage page;
  private final String resource;
  private final ObjectNode params;

  /**
   * @param resource of the URL; a handle's id is one
   */
  FakeCall(FakePage page, String resource, String params) {
    this.page = page;
    this.resource = resource;
    try {
      this.params = (ObjectNode) JSON.readTree(params);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Caller caller() {
    return new Caller(0, "document", BluetoothModuleTest.ORIGIN, "about:test");
  }

  @Override
  public String resource() {
    return resource;
  }

  @Override
  public boolean allows(String function, String text) {
    return page.policy.contains(function + "/" + text);
  }

  @Override
  public <T extends AutoCloseable> T handle(Class<T> type) {
    return type.cast(page.open.get(resource));
  }

  @Override
  public HandleId handleId() {
    return new HandleId(resource);
  }

  @Override
  public HandleId register(AutoCloseable opened) {
    HandleId id = new HandleId(String.format("%032d", page.open.size() + 1));
    page.open.put(id.value(), opened);
    return id;
  }

  @Override
  public void release() {
    page.open.remove(resource);
  }

  @Override
  public PushChannel openPush(PushChannel.Overflow overflow, int boundBytes) {
    FakeChannel channel = new FakeChannel(page, page.channels.size());
    page.channels.add(channel);
    return channel;
  }

  @Override
  public ObjectNode params() {
    return params;
  }

  @Override
  public Optional<JsonNode> param(String name) {
    return Optional.ofNullable(params.get(name)).filter(node -> !node.isNull());
  }

  @Override
  public Future<Void> cancelled() {
    return page.gone.future();
  }

  @Override
  public boolean isCancelled() {
    return page.gone.future().isComplete();
  }

  @Override
  public Optional<Body> body() {
    return Optional.empty();
  }

  @Override
  public boolean takesBytes() {
    return false;
  }

  @Override
  public Lane lane() {
    return Lane.CALL;
  }

  @Override
  public ScopedPath path() {
    throw new IllegalStateException("not of Bluetooth");
  }

  @Override
  public ScopedPath secondPath() {
    throw new IllegalStateException("not of Bluetooth");
  }

  @Override
  public void requireTree() {
    throw new IllegalStateException("not of Bluetooth");
  }

  @Override
  public void requireAbove(Path folder) {
    throw new IllegalStateException("not of Bluetooth");
  }

  @Override
  public boolean isPicked(Path real) {
    throw new IllegalStateException("not of Bluetooth");
  }

  @Override
  public void grantReal(Path real, boolean writable) {
    throw new IllegalStateException("not of Bluetooth");
  }

  @Override
  public Path grant(Path picked, boolean writable) {
    throw new IllegalStateException("not of Bluetooth");
  }

  @Override
  public InetSocketAddress address() {
    throw new IllegalStateException("not of Bluetooth");
  }

  @Override
  public boolean allows(String function, InetSocketAddress address) {
    throw new IllegalStateException("not of Bluetooth");
  }
}
