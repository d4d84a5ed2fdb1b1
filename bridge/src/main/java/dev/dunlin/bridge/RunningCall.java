package dev.dunlin.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.bridge.spi.Body;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Caller;
import dev.dunlin.bridge.spi.Command.Access;
import dev.dunlin.bridge.spi.HandleId;
import dev.dunlin.bridge.spi.PushChannel;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.bridge.spi.ScopedPath;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** One call from its arrival to its answer. Its answer is given once. */
final class RunningCall implements Call {
  final Document document;
  final CommandUrl url;
  final Lane lane;
  final Optional<Body> body;
  final boolean upload;

  /** Whether the caller named its document: workers of a page share it without a name. */
  final boolean named;

  /** Whether it comes from a window's top frame, or from a worker of that frame's document. */
  final boolean top;

  /** Of a call of the call lane that is answered with bytes: takes them, on a worker. */
  final Optional<Consumer<CallBytes.Read>> bytes;

  private final Caller caller;
  private final ObjectNode params;
  private final Consumer<AsyncResult<Reply>> done;

  // Set by the dispatcher before the handler runs.
  CallObserver observer = CallObserver.NONE;
  long began;
  Optional<Commands.Entry> entry = Optional.empty();
  String module = "";
  boolean asksPerson;
  ScopedPath path;
  ScopedPath secondPath;
  InetSocketAddress address;
  HandleId handleId;
  AutoCloseable handle;
  Predicate<Path> granted = Grants.NOTHING;
  Predicate<Path> grantedSecond = Grants.NOTHING;

  /** Runs on this thread, which may block, to its end. */
  boolean inline;

  /** Whether the page stands still until it is answered, as the client of a request says. */
  boolean synchronous;

  // Owned by the loop.
  private AsyncResult<Reply> result;

  // Guarded by this.
  private final List<HandleId> registered = new ArrayList<>(0);
  private Promise<Void> cancellation;
  private volatile boolean cancelled;

  RunningCall(
      Document document,
      Caller caller,
      CommandUrl url,
      ObjectNode params,
      Optional<Body> body,
      boolean upload,
      boolean named,
      boolean top,
      Lane lane,
      Optional<Consumer<CallBytes.Read>> bytes,
      Consumer<AsyncResult<Reply>> done) {
    this.document = document;
    this.caller = caller;
    this.url = url;
    this.params = params;
    this.body = body;
    this.upload = upload;
    this.named = named;
    this.top = top;
    this.lane = lane;
    this.bytes = bytes;
    this.done = done;
  }

  /** Gives the answer, if it has not been given. Loop. */
  boolean answer(AsyncResult<Reply> result) {
    if (this.result != null) {
      return false;
    }
    this.result = result;
    done.accept(result);
    return true;
  }

  /** Whether it has been answered. Loop. */
  boolean isAnswered() {
    return result != null;
  }

  /** The answer it was given. Loop. */
  AsyncResult<Reply> result() {
    return result;
  }

  /** Tells the work to stop; on the loop, {@link #answer} it too. Any thread. */
  void cancel() {
    Promise<Void> waiting;
    synchronized (this) {
      cancelled = true;
      waiting = cancellation;
    }
    if (waiting != null) {
      waiting.tryComplete();
    }
  }

  /** Takes out of the handle table what this call put there and nobody will know of. */
  List<AutoCloseable> takeRegistered() {
    List<AutoCloseable> things = new ArrayList<>();
    synchronized (this) {
      for (HandleId id : registered) {
        document.handles.remove(id).ifPresent(things::add);
      }
      registered.clear();
    }
    return things;
  }

  @Override
  public Caller caller() {
    return caller;
  }

  @Override
  public ScopedPath path() {
    return declared(path, "a file resource");
  }

  @Override
  public ScopedPath secondPath() {
    return declared(secondPath, "a second path");
  }

  @Override
  public void requireTree() {
    requireTree(path(), url.resource(), granted);
    if (secondPath != null) {
      requireTree(secondPath, CommandUrl.slashed(Path.of(secondPath.asked())), grantedSecond);
    }
  }

  private void requireTree(ScopedPath tree, String asked, Predicate<Path> granted) {
    // By something in it: a file that was picked has no tree, whatever is there now.
    if (granted.test(tree.real().resolve("any"))) {
      return;
    }
    CommandUrl folder = url.withResource(asked + "/");
    if (!document.policy.allows(folder)) {
      throw Denial.of(document.policy, folder);
    }
    if (!document.policy.allows(url.withResource(CommandUrl.slashed(tree.real()) + "/"))) {
      throw Denial.ofLink(document.policy, folder);
    }
  }

  @Override
  public void requireAbove(Path folder) {
    String real = CommandUrl.slashed(folder);
    if (!granted.test(folder)
        && !document.policy.allows(url.withResource(real))
        && !document.policy.allows(url.withResource(real + "/"))) {
      Path asked = Path.of(path().asked());
      for (int i = path().real().getNameCount() - folder.getNameCount(); i > 0; i--) {
        asked = asked.getParent();
      }
      throw Denial.of(document.policy, url.withResource(CommandUrl.slashed(asked)));
    }
  }

  @Override
  public String resource() {
    return url.resource();
  }

  @Override
  public InetSocketAddress address() {
    return declared(address, "an address");
  }

  @Override
  public boolean allows(String function, InetSocketAddress other) {
    declared(address, "an address");
    return document.policy.allows(AddressScope.url(url.withFunction(function), other));
  }

  @Override
  public boolean allows(String function, String text) {
    return document.policy.allows(CommandUrl.ofText(module, function, text));
  }

  @Override
  public <T extends AutoCloseable> T handle(Class<T> type) {
    AutoCloseable thing = declared(handle, "a handle");
    if (!type.isInstance(thing)) {
      throw Dispatcher.unknownHandle(handleId.value());
    }
    return type.cast(thing);
  }

  @Override
  public HandleId handleId() {
    return declared(handleId, "a handle");
  }

  @Override
  public HandleId register(AutoCloseable opened) {
    synchronized (this) {
      HandleId id = document.handles.add(document, module, opened);
      registered.add(id);
      return id;
    }
  }

  @Override
  public void release() {
    document.handles.remove(handleId());
  }

  @Override
  public PushChannel openPush(PushChannel.Overflow overflow, int boundBytes) {
    return pushStream().openChannel(overflow, boundBytes);
  }

  /** The push stream of the document that asks. */
  PushStream pushStream() {
    if (!named && !document.isWorker()) {
      throw new BridgeError(
          "TypeError",
          "ERR_INVALID_CALL",
          "a push goes to a document or to a dedicated worker that opens ipc://push/ under a name of its"
              + " own (at most "
              + Limits.WORKERS_PER_DOCUMENT
              + " of a document); other workers have no pushes");
    }
    return document.push;
  }

  @Override
  public boolean isPicked(Path real) {
    return document.grants.of(document, Access.READ).test(real);
  }

  @Override
  public Path grant(Path picked, boolean writable) throws IOException {
    if (!asksPerson) {
      throw new IllegalStateException("this command does not declare PERSON");
    }
    return document.grants.add(this, picked, writable);
  }

  @Override
  public void grantReal(Path real, boolean writable) throws IOException {
    if (!asksPerson) {
      throw new IllegalStateException("this command does not declare PERSON");
    }
    document.grants.addReal(this, real, writable);
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
  public Optional<Body> body() {
    return body;
  }

  @Override
  public Future<Void> cancelled() {
    synchronized (this) {
      if (cancelled) {
        return Future.succeededFuture();
      }
      if (cancellation == null) {
        cancellation = Promise.promise();
      }
      return cancellation.future();
    }
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }

  @Override
  public boolean takesBytes() {
    return lane == Lane.STREAM || bytes.isPresent();
  }

  @Override
  public Lane lane() {
    return lane;
  }

  private static <T> T declared(T value, String what) {
    if (value == null) {
      throw new IllegalStateException("this command does not declare " + what);
    }
    return value;
  }
}
