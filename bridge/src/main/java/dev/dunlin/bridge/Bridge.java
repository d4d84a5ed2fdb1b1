package dev.dunlin.bridge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.bridge.AlwaysAllowed.Callers;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Inspectable;
import dev.dunlin.bridge.spi.Reply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Everything between the pages of one app and the host.
 *
 * <p><i>Thread:</i> any, for every method; none blocks. All state lives on one Vert.x event loop.
 */
public final class Bridge implements AutoCloseable {
  private final Loop loop;
  private final Commands commands;
  private final Dispatcher dispatcher;
  private final List<CommandModule> parts;
  private final Map<String, CommandModule> added = new ConcurrentHashMap<>();
  private final SecretFiles secretFiles = new SecretFiles();
  private final Documents documents;
  private final CallRouter callLane;
  private final StreamRouter streamLane;

  /**
   * @param modules every command module of the app; the bridge adds its own {@code push}
   * @throws IllegalArgumentException if two commands have one name, or one declares that no policy
   *     decides and does not stand in {@link AlwaysAllowed}
   */
  public Bridge(Vertx vertx, BridgeConfig config, List<CommandModule> modules) {
    this(vertx, config, modules, AlwaysAllowed.byCommand());
  }

  /**
   * For tests: with a list of their own.
   *
   * @param alwaysAllowed who may call those commands that no policy decides, by their names
   */
  Bridge(
      Vertx vertx,
      BridgeConfig config,
      List<CommandModule> modules,
      Map<String, Callers> alwaysAllowed) {
    List<CommandModule> all = new ArrayList<>(modules);
    all.add(new PushModule());
    commands = new Commands(all, alwaysAllowed);
    loop = new Loop(vertx);
    parts = List.copyOf(all);
    all.forEach(module -> secretFiles.add(module.secretFiles()));
    dispatcher = new Dispatcher(loop, commands, new OwnFiles(config.ownFiles()), secretFiles);
    documents = new Documents(config, loop, this::sweep);
    callLane = new CallRouter(loop, dispatcher, documents, config.files());
    streamLane = new StreamRouter(loop, dispatcher, documents, config.origin());
  }

  /**
   * A document is about to be served.
   *
   * @param policy every header and {@code <meta>} policy it is served with
   * @return its id, for the {@code Server-Timing} header
   */
  public String registerDocument(int window, PolicySet policy) {
    Document document = documents.register(window, policy);
    loop.run(() -> documents.surplus(window).ifPresent(surplus -> documentGone(surplus.id)));
    return document.id;
  }

  /** The document is gone: its calls are cancelled, its handles closed, its id is worthless. */
  public void documentGone(String id) {
    sweep(documents.forget(id));
  }

  /**
   * A window's top frame shows {@code url}, after {@link #documentGone} for what it showed before.
   * Where that is not the app's, what was picked in the window is granted no longer.
   */
  public void shows(int window, String url) {
    if (!documents.isOurs(url)) {
      documents.forgetGrants(window);
    }
  }

  /**
   * A window opens under a policy that is not the app's alone: it holds for whoever asks there and
   * has no document. The policy of a document is what it was registered with.
   */
  public void windowOpens(int window, PolicySet policy) {
    documents.windowOpens(window, policy);
  }

  /**
   * A window is gone: with it its documents, its handles and what was picked in it. Its number
   * stands for no other window; who still asks by it is allowed nothing.
   */
  public void windowGone(int window) {
    sweep(documents.forgetWindow(window));
  }

  /**
   * Calls a command on a file in the name of the document that a window's top frame shows: for what
   * a page does by Chromium's own ways, which then is policed as its calls are. What the call opens
   * is that document's. A window that shows no document of the app is refused.
   *
   * @param shown the documents that the top frame may show, in the order they were served: more
   *     than one where a reload overtook another
   */
  public Future<Reply> callFor(
      int window,
      List<String> shown,
      String module,
      String function,
      String path,
      ObjectNode params) {
    Promise<Reply> answer = Promise.promise();
    loop.run(
        () -> {
          try {
            Document document =
                documents
                    .shownIn(window, shown)
                    .orElseThrow(
                        () ->
                            new BridgeError(
                                "SecurityError",
                                "ERR_ACCESS_DENIED",
                                "the window shows no page that the app has served, and only one may"
                                    + " call "
                                    + module
                                    + "/"
                                    + function));
            CommandUrl url =
                CommandUrl.ofPath(CommandUrl.parse("ipc://" + module + "/" + function), path);
            dispatcher.start(
                new RunningCall(
                    document,
                    documents.caller(document, ""),
                    url,
                    params,
                    Optional.empty(),
                    false,
                    true,
                    true,
                    Call.Lane.CALL,
                    Optional.empty(),
                    answer::handle));
          } catch (BridgeError refused) {
            answer.tryFail(refused);
          }
        });
    return answer.future();
  }

  /** Where the engine brings messages of its message router. */
  public CallLane callLane() {
    return callLane;
  }

  /** Where the engine brings requests of the {@code ipc:} scheme. */
  public StreamLane streamLane() {
    return streamLane;
  }

  /**
   * Sends an event to every document of a window, when it has opened its channel.
   *
   * @param detail a JSON value as in {@link dev.dunlin.bridge.spi.Reply.Data}
   */
  public void emit(int window, String event, Object detail) {
    List<Object> pair = new ArrayList<>();
    pair.add(event);
    pair.add(detail);
    String json = Json.text(pair);
    loop.run(() -> documents.inWindow(window).forEach(document -> document.outbox.event(json)));
  }

  /**
   * As {@link #emit}, for a sender that can wait: completes when the window's pages have taken so
   * much that more may follow.
   */
  public Future<Void> send(int window, String event, Object detail) {
    emit(window, event, detail);
    Promise<Void> room = Promise.promise();
    loop.run(
        () ->
            Future.join(
                    documents.inWindow(window).stream()
                        .map(document -> document.outbox.room())
                        .toList())
                .<Void>mapEmpty()
                .onComplete(room));
    return room.future();
  }

  /**
   * Adds the commands of a module while the app runs.
   *
   * @throws IllegalArgumentException if there is a module of its name, or a declaration makes no
   *     sense
   */
  public void add(CommandModule module) {
    secretFiles.add(module.secretFiles());
    commands.add(module);
    added.put(module.name(), module);
  }

  /** Takes out the commands of a module that was {@link #add}ed; calls under way go on. */
  public void remove(String module) {
    commands.remove(module);
    added.remove(module);
  }

  /** The app ends: its modules keep what is to be kept for the next start. */
  public Future<Void> keepState() {
    Stream<CommandModule> all = Stream.concat(parts.stream(), added.values().stream());
    return Future.join(all.map(CommandModule::shutDown).toList()).mapEmpty();
  }

  /**
   * Cancels every call, closes every handle, and ends the threads. Wait for it before Vert.x is
   * closed.
   */
  public Future<Void> shutDown() {
    Promise<Void> done = Promise.promise();
    loop.run(
        () ->
            Future.join(documents.forgetAll().stream().map(this::sweep).toList())
                .onComplete(closed -> loop.close().onComplete(done)));
    return done.future();
  }

  /** {@link #shutDown} without waiting for it. */
  @Override
  public void close() {
    shutDown();
  }

  /** Tells an observer of the calls that come from now on; {@link CallObserver#NONE} of none. */
  public void observe(CallObserver observer) {
    dispatcher.observe(observer);
  }

  /** How all is. Fails when the bridge has ended; what does not answer is waited for. */
  public Future<BridgeState> state() {
    Promise<BridgeState> told = Promise.promise();
    if (!loop.later(() -> stateNow().onComplete(told))) {
      told.fail("the bridge has ended");
    }
    return told.future();
  }

  private Future<BridgeState> stateNow() {
    List<Document> all = documents.all();
    Map<Call.Lane, Integer> inFlight = new EnumMap<>(Call.Lane.class);
    for (Document document : all) {
      document.calls.forEach(call -> inFlight.merge(call.lane, 1, Integer::sum));
    }
    Map<String, Integer> open = new TreeMap<>();
    List<Future<BridgeState.Thing>> things = new ArrayList<>();
    Stream.concat(parts.stream(), added.values().stream())
        .forEach(module -> inspect(BridgeState.APP, module.name(), module, things));
    documents
        .open()
        .forEach(
            (window, ours) ->
                ours.forEach(
                    one -> {
                      open.merge(one.module(), 1, Integer::sum);
                      inspect(window, one.module(), one.thing(), things);
                    }));
    long replies = all.stream().mapToLong(one -> one.outbox.repliesLength()).sum();
    long events = all.stream().mapToLong(one -> one.outbox.eventsWaiting()).sum();
    long pushes = all.stream().mapToLong(one -> one.push.waitingBytes()).sum();
    return Future.join(things)
        .transform(
            joined ->
                Future.succeededFuture(
                    new BridgeState(
                        inFlight,
                        all.size(),
                        loop.briefWaiting(),
                        replies,
                        events,
                        pushes,
                        open,
                        things.stream()
                            .filter(Future::succeeded)
                            .map(Future::result)
                            .filter(thing -> !thing.facts().isEmpty())
                            .toList())));
  }

  /** What fails to tell of itself has ended meanwhile: it is left out. */
  private static void inspect(
      int window, String module, Object thing, List<Future<BridgeState.Thing>> to) {
    if (thing instanceof Inspectable one && to.size() < BridgeState.THINGS) {
      to.add(
          Future.succeededFuture()
              .compose(now -> one.inspect())
              .map(facts -> new BridgeState.Thing(window, module.replace('_', '-'), facts)));
    }
  }

  private void sweep(List<Document> gone) {
    if (!gone.isEmpty()) {
      loop.run(() -> gone.forEach(this::sweep));
    }
  }

  private Future<Void> sweep(Document document) {
    documents.unbind(document);
    List.copyOf(document.workers.values()).forEach(this::sweep);
    document.workers.clear();
    List.copyOf(document.calls).forEach(dispatcher::cancel);
    document.outbox.clear();
    document.push.end();
    for (Upload upload : document.uploads.values()) {
      // Answered, but no part came that could bring the answer home.
      loop.cancelTimer(upload.timer);
      dispatcher.discard(upload.call, upload.call.result());
    }
    document.uploads.clear();
    return dispatcher.close(document.handles.sweep(document));
  }
}
