package dev.dunlin.bridge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.bridge.spi.Body;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.ByteSource;
import dev.dunlin.bridge.spi.Call.Lane;
import dev.dunlin.bridge.spi.Reply;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** The stream lane: one request, one answer, whose bytes are pulled. */
final class StreamRouter implements StreamLane {
  private static final String DOCUMENT = "_d";

  /** What a dedicated worker calls itself. */
  private static final String WORKER = "_w";

  private static final int WORKER_CHARS = 32;
  private static final String PARAMS = "_";
  private static final String UPLOAD = "_u";
  private static final String PART = "_n";
  private static final String LAST = "_l";
  private static final String PAD = "_b";

  private final Loop loop;
  private final Dispatcher dispatcher;
  private final Documents documents;
  private final String origin;

  // Owned by the loop.
  private int uploads;

  StreamRouter(Loop loop, Dispatcher dispatcher, Documents documents, String origin) {
    this.loop = loop;
    this.dispatcher = dispatcher;
    this.documents = documents;
    this.origin = origin;
  }

  @Override
  public Exchange open(StreamRequest request) {
    Waiting waiting = new Waiting();
    if (!answersBriefly(request, waiting)) {
      loop.later(() -> take(request, waiting));
    }
    return waiting;
  }

  /**
   * A short look at the disk, asked by a top frame that names its document: done here and now,
   * where local files may be read, since a synchronous request waits for it.
   */
  private boolean answersBriefly(StreamRequest request, Waiting waiting) {
    if (!request.topFrame()
        || request.window() < 0
        || !request.method().equals("GET")
        || !request.initiator().equals(origin)) {
      return false;
    }
    try {
      CommandUrl url = CommandUrl.parse(request.url());
      String id = url.query().getOrDefault(DOCUMENT, "");
      if (id.isEmpty() || url.query().containsKey(UPLOAD) || !dispatcher.isBrief(url)) {
        return false;
      }
      Optional<Document> document = documents.boundTop(id, request.window(), request.frameId());
      if (document.isEmpty()) {
        return false;
      }
      RunningCall call =
          newCall(
              request,
              document.get(),
              url,
              params(url.query()),
              Optional.empty(),
              false,
              true,
              ignored -> {});
      waiting.padded = url.query().containsKey(PAD);
      waiting.data(dispatcher.inline(call).value());
    } catch (RuntimeException | Error refused) {
      waiting.error(Dispatcher.toBridgeError(refused));
    }
    return true;
  }

  @Override
  public String look(int window, String requested) {
    CommandUrl url;
    try {
      url = CommandUrl.parse(requested);
    } catch (BridgeError malformed) {
      // What is wrong with it is said on the other way.
      return NEVER;
    }
    boolean arrival = dispatcher.isOnArrival(url);
    if (!arrival && !dispatcher.isBrief(url)) {
      return NEVER;
    }
    // Which frame asks is not known here: the id is, which the scripts of this document's origin
    // in its window can read, and nobody else. They could ask as this document anyway.
    Optional<Document> document =
        documents.boundTop(url.query().getOrDefault(DOCUMENT, ""), window);
    if (document.isEmpty()) {
      return "";
    }
    if (arrival) {
      return look(window, document.get(), url, requested, true);
    }
    CompletableFuture<String> looked = new CompletableFuture<>();
    if (!loop.brief(() -> looked.complete(look(window, document.get(), url, requested, false)))) {
      return "";
    }
    try {
      return looked.get(Limits.LOOK.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException slow) {
      return "";
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private String look(
      int window, Document document, CommandUrl url, String requested, boolean arrival) {
    try {
      RunningCall call =
          newCall(
              new StreamRequest(window, "", true, origin, "GET", requested, new byte[0]),
              document,
              url,
              params(url.query()),
              Optional.empty(),
              false,
              true,
              ignored -> {});
      return json("data", (arrival ? dispatcher.onArrival(call) : dispatcher.inline(call)).value());
    } catch (RuntimeException | Error refused) {
      return json("err", Dispatcher.toBridgeError(refused).toMap());
    }
  }

  /** In the call lane's spelling, as JCEF cuts a text off at a character beyond the BMP. */
  private static String json(String member, Object value) {
    StringBuilder json = new StringBuilder("{\"" + member + "\":");
    return Json.append(json, value, Limits.REPLY_LENGTH) ? json.append('}').toString() : "";
  }

  /** One request that waits for its answer. */
  final class Waiting implements Exchange {
    private final Promise<StreamResponse> promise = Promise.promise();

    // Owned by the loop.
    private RunningCall call;
    private Runnable whenCancelled = () -> {};
    private boolean cancelled;
    private boolean padded;

    @Override
    public Future<StreamResponse> response() {
      return promise.future();
    }

    @Override
    public void cancel() {
      loop.run(
          () -> {
            cancelled = true;
            whenCancelled.run();
            error(Dispatcher.cancelled());
          });
    }

    private void answer(
        int status,
        String kind,
        String type,
        long lengthBytes,
        Map<String, Object> meta,
        ByteSource body) {
      answer(status, kind, type, lengthBytes, meta, body, "");
    }

    private void answer(
        int status,
        String kind,
        String type,
        long lengthBytes,
        Map<String, Object> meta,
        ByteSource body,
        String json) {
      Map<String, String> headers = new LinkedHashMap<>();
      headers.put("x-dunlin-reply", kind);
      headers.put("content-type", type);
      if (lengthBytes >= 0) {
        headers.put("content-length", Long.toString(lengthBytes));
      }
      if (!meta.isEmpty()) {
        headers.put("x-dunlin-meta", CommandUrl.encodePath(Json.text(meta)));
      }
      if (padded && kind.equals("bytes")) {
        headers.put("x-dunlin-pad", "1");
      }
      if (!json.isEmpty()) {
        headers.put("x-dunlin-json", json);
      }
      headers.put("cache-control", "no-store");
      if (!promise.tryComplete(new StreamResponse(status, cors(headers), lengthBytes, body))) {
        body.close();
      }
    }

    private void json(int status, String kind, byte[] bytes) {
      if (padded && bytes.length <= Limits.HEADER_BYTES && isAscii(bytes)) {
        answer(
            status,
            kind,
            "application/json",
            0,
            Map.of(),
            ByteSource.of(new byte[0]),
            new String(bytes, StandardCharsets.US_ASCII));
        return;
      }
      answer(status, kind, "application/json", bytes.length, Map.of(), ByteSource.of(bytes));
    }

    void data(Object value) {
      try {
        Optional<byte[]> small =
            isLong(value) ? Optional.empty() : Json.bytes("data", value, Limits.REPLY_LENGTH);
        if (small.isPresent()) {
          json(200, "data", small.get());
          return;
        }
      } catch (RuntimeException | Error unwritable) {
        error(Dispatcher.toBridgeError(unwritable));
        return;
      }
      loop.blocking(false, () -> Json.bytes("data", value, Integer.MAX_VALUE).orElseThrow())
          .onSuccess(bytes -> json(200, "data", bytes))
          .onFailure(unwritable -> error(Dispatcher.toBridgeError(unwritable)));
    }

    void error(BridgeError error) {
      json(
          status(error.code()),
          "err",
          Json.bytes("err", error.toMap(), Integer.MAX_VALUE).orElseThrow());
    }

    private void reply(RunningCall call, AsyncResult<Reply> result) {
      if (cancelled) {
        dispatcher.discard(call, result);
      } else if (result.failed()) {
        error(Dispatcher.toBridgeError(result.cause()));
      } else if (result.result() instanceof Reply.Data data) {
        data(data.value());
      } else if (result.result() instanceof Reply.Bytes bytes) {
        call.document.calls.add(call);
        long length = bytes.lengthBytes();
        answer(
            200,
            "bytes",
            bytes.contentType(),
            padded && length >= 0 ? length + 1 : length,
            bytes.meta(),
            new Streamed(call, bytes.source(), padded));
      }
    }
  }

  /** Whether it is not worth a try to write a value as JSON on the loop. */
  private static boolean isLong(Object value) {
    return value instanceof String text && text.length() > Limits.REPLY_LENGTH
        || value instanceof Collection<?> values && values.size() > Limits.VALUES_ON_LOOP;
  }

  private static boolean isAscii(byte[] bytes) {
    for (byte b : bytes) {
      if (b < ' ') {
        return false;
      }
    }
    return true;
  }

  private static int status(String code) {
    return switch (code) {
      case "ERR_ACCESS_DENIED", "ERR_NO_BRIDGE" -> 403;
      case "ERR_UNKNOWN_COMMAND", "ERR_UNKNOWN_HANDLE" -> 404;
      case "ERR_MESSAGE_TOO_LARGE" -> 413;
      case "ERR_TOO_MANY_CALLS" -> 429;
      case "ERR_INVALID_CALL" -> 400;
      case "ERR_INTERNAL" -> 500;
      default -> 200;
    };
  }

  private Map<String, String> cors(Map<String, String> headers) {
    headers.put("access-control-allow-origin", origin);
    headers.put("access-control-expose-headers", "*");
    return headers;
  }

  private void take(StreamRequest request, Waiting waiting) {
    try {
      if (waiting.cancelled) {
        return;
      }
      if (!request.initiator().equals(origin)) {
        throw noBridge("only pages and workers of the app have a bridge");
      }
      switch (request.method()) {
        case "OPTIONS" -> {
          Map<String, String> headers = cors(new LinkedHashMap<>());
          headers.put("access-control-allow-methods", "GET, POST");
          headers.put("access-control-allow-headers", "*");
          waiting.promise.tryComplete(
              new StreamResponse(204, headers, 0, ByteSource.of(new byte[0])));
        }
        case "GET", "POST" -> call(request, waiting);
        default -> throw invalid("a command is called by GET or POST, not " + request.method());
      }
    } catch (RuntimeException | Error refused) {
      waiting.error(Dispatcher.toBridgeError(refused));
    }
  }

  private void call(StreamRequest request, Waiting waiting) {
    if (request.body().length > Limits.BODY_BYTES) {
      throw new BridgeError(
          "RangeError",
          "ERR_MESSAGE_TOO_LARGE",
          "a request body may have "
              + Limits.BODY_BYTES
              + " bytes: send it in parts, as an upload");
    }
    CommandUrl url = CommandUrl.parse(request.url());
    Map<String, String> query = url.query();
    waiting.padded = query.containsKey(PAD);
    String id = query.getOrDefault(DOCUMENT, "");
    Document document = worker(request, url, document(request, id));
    ObjectNode params = params(query);
    boolean post = request.method().equals("POST");
    if (query.containsKey(UPLOAD)) {
      if (!post) {
        throw invalid("a part of an upload is sent by POST");
      }
      part(request, waiting, url, document, params);
      return;
    }
    checkRoom(document);
    waiting.call =
        newCall(
            request,
            document,
            url,
            params,
            post ? Optional.of(new Whole(request.body())) : Optional.empty(),
            false,
            !id.isEmpty(),
            result -> waiting.reply(waiting.call, result));
    waiting.whenCancelled = () -> dispatcher.cancel(waiting.call);
    dispatcher.start(waiting.call);
  }

  private RunningCall newCall(
      StreamRequest request,
      Document document,
      CommandUrl url,
      ObjectNode params,
      Optional<Body> body,
      boolean upload,
      boolean named,
      Consumer<AsyncResult<Reply>> done) {
    RunningCall call =
        new RunningCall(
            document,
            documents.caller(document, ""),
            url,
            params,
            body,
            upload,
            named,
            request.window() >= 0 && request.topFrame(),
            Lane.STREAM,
            Optional.empty(),
            done);
    call.synchronous = url.query().containsKey(PAD);
    return call;
  }

  /** Whose part of the document it is, if a dedicated worker of the top frame says who it is. */
  private Document worker(StreamRequest request, CommandUrl url, Document document) {
    String id = url.query().getOrDefault(WORKER, "");
    if (id.isEmpty()
        || url.query().containsKey(DOCUMENT)
        || request.window() < 0
        || !request.topFrame()) {
      return document;
    }
    if (id.length() != WORKER_CHARS || !id.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
      throw invalid("a worker's own name is " + WORKER_CHARS + " hex digits");
    }
    boolean opens = url.host().equals("push") && url.function().isEmpty();
    return documents.worker(document, id, opens);
  }

  private static void checkRoom(Document document) {
    if (document.callsInFlight() >= Limits.CALLS_IN_FLIGHT) {
      throw Dispatcher.tooManyCalls();
    }
  }

  private Document document(StreamRequest request, String id) {
    boolean worker = request.window() < 0;
    if (id.isEmpty() && (worker || request.topFrame())) {
      Document shared = documents.anonymous(request.window(), request.frameId());
      if (!shared.policy.hasBridge()) {
        throw noBridge("the app's policy sandboxes its documents");
      }
      return shared;
    }
    return (request.topFrame()
            ? documents.findTop(id, request.window(), request.frameId())
            : documents.find(id, request.window(), request.frameId()))
        .orElseThrow(
            () ->
                noBridge(
                    id.isEmpty()
                        ? "a nested frame names its document by _d"
                        : "the document id is not this frame's: load the page again"));
  }

  private static ObjectNode params(Map<String, String> query) {
    ObjectNode params = Json.object();
    query.forEach(
        (name, value) -> {
          switch (name) {
            case DOCUMENT, PARAMS, UPLOAD, PART, LAST, PAD -> {}
            default -> params.put(name, value);
          }
        });
    if (query.containsKey(PARAMS)) {
      try {
        params.setAll(Json.object(query.get(PARAMS)));
      } catch (IOException e) {
        throw invalid("its parameter _ is not a JSON object");
      }
    }
    return params;
  }

  // Uploads.

  private void part(
      StreamRequest request,
      Waiting waiting,
      CommandUrl url,
      Document document,
      ObjectNode params) {
    Map<String, String> query = url.query();
    String id = query.get(UPLOAD);
    if (!id.matches("[0-9a-f]{32}")) {
      throw invalid("_u is 32 lower-case hex digits");
    }
    String key = id + url;
    Upload upload = document.uploads.get(key);
    int number;
    try {
      number = Integer.parseInt(query.getOrDefault(PART, ""));
    } catch (NumberFormatException e) {
      throw invalid("_n is the part's number, from 0");
    }
    if (upload == null && number == 0) {
      upload = begin(request, document, url, key, params);
    } else if (upload == null) {
      throw invalid("no such upload: it ended by an error or by silence; begin again with part 0");
    } else if (number != upload.parts || upload.waiting != null || upload.complete) {
      BridgeError disorder =
          invalid("part " + number + " came where part " + upload.parts + " was expected");
      dispatcher.cancel(upload.call);
      throw disorder;
    }
    take(document, key, upload, request.body(), query.containsKey(LAST), waiting);
  }

  private Upload begin(
      StreamRequest request, Document document, CommandUrl url, String key, ObjectNode params) {
    checkRoom(document);
    if (uploads >= Limits.UPLOADS) {
      throw new BridgeError(
          "Error",
          "ERR_TOO_MANY_CALLS",
          Limits.UPLOADS + " uploads are in progress: wait for one to end");
    }
    Upload upload = new Upload();
    uploads++;
    document.uploads.put(key, upload);
    upload.call =
        newCall(
            request,
            document,
            url,
            params,
            Optional.of(upload),
            true,
            url.query().containsKey(DOCUMENT),
            result -> end(document, key, upload));
    dispatcher.start(upload.call);
    return upload;
  }

  private void take(
      Document document, String key, Upload upload, byte[] bytes, boolean last, Waiting waiting) {
    upload.parts++;
    upload.complete = last;
    upload.waiting = waiting;
    waiting.whenCancelled = () -> dispatcher.cancel(upload.call);
    loop.cancelTimer(upload.timer);
    if (upload.call.isAnswered()) {
      // It ended while no part was under way; this one brings the news home.
      document.uploads.remove(key);
      conclude(upload);
      return;
    }
    upload.offer(bytes, last, () -> loop.run(() -> taken(upload, last)));
  }

  private void taken(Upload upload, boolean last) {
    if (last || upload.waiting == null) {
      return;
    }
    upload.waiting.data(null);
    upload.waiting = null;
    if (!upload.call.isAnswered()) {
      upload.timer = loop.after(Limits.UPLOAD_SILENCE, () -> dispatcher.cancel(upload.call));
    }
  }

  private void end(Document document, String key, Upload upload) {
    uploads--;
    loop.cancelTimer(upload.timer);
    upload.breakOff();
    if (upload.waiting != null) {
      document.uploads.remove(key);
      conclude(upload);
    } else {
      // Between two parts: the next one will be told, if it comes.
      upload.timer =
          loop.after(
              Limits.UPLOAD_SILENCE,
              () -> {
                document.uploads.remove(key);
                dispatcher.discard(upload.call, upload.call.result());
              });
    }
  }

  private void conclude(Upload upload) {
    AsyncResult<Reply> result = upload.call.result();
    if (upload.complete || result.failed()) {
      upload.waiting.reply(upload.call, result);
    } else {
      dispatcher.discard(upload.call, result);
      upload.waiting.error(
          invalid("the command ended before the upload did, at part " + upload.parts));
    }
    upload.waiting = null;
  }

  private static BridgeError invalid(String why) {
    return new BridgeError("TypeError", "ERR_INVALID_CALL", why);
  }

  private static BridgeError noBridge(String why) {
    return new BridgeError("NotAllowedError", "ERR_NO_BRIDGE", why);
  }

  /** A body in one piece. */
  private static final class Whole implements Body {
    private final byte[] bytes;
    private boolean read;

    Whole(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public long lengthBytes() {
      return bytes.length;
    }

    @Override
    public byte[] next() {
      byte[] next = read ? new byte[0] : bytes;
      read = true;
      return next;
    }
  }

  /**
   * An answer that is streamed: it counts as in flight until it is closed, and ends with its
   * document.
   */
  private final class Streamed implements ByteSource {
    private final RunningCall call;
    private final ByteSource source;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicReference<Runnable> waiting = new AtomicReference<>();

    private boolean padding;

    Streamed(RunningCall call, ByteSource source, boolean padded) {
      this.call = call;
      this.padding = padded;
      this.source = source;
      call.cancelled().onComplete(ignored -> wake());
    }

    @Override
    public int read(byte[] target, int length) throws IOException {
      if (call.isCancelled()) {
        throw new IOException("the document that asked is gone");
      }
      if (padding) {
        padding = false;
        target[0] = 0;
        return 1;
      }
      return source.read(target, length);
    }

    @Override
    public void whenReadable(Runnable action) {
      waiting.set(action);
      source.whenReadable(this::wake);
      if (call.isCancelled()) {
        wake();
      }
    }

    private void wake() {
      Runnable action = waiting.getAndSet(null);
      if (action != null) {
        action.run();
      }
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        source.close();
        loop.run(() -> call.document.calls.remove(call));
      }
    }
  }
}
