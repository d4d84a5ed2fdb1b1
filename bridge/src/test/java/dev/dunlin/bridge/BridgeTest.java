package dev.dunlin.bridge;

import static dev.dunlin.bridge.Harness.ALL;
import static dev.dunlin.bridge.Harness.JSON;
import static dev.dunlin.bridge.Harness.ORIGIN;
import static dev.dunlin.bridge.Harness.await;
import static dev.dunlin.bridge.Harness.until;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.AlwaysAllowed.Callers;
import dev.dunlin.bridge.Harness.Page;
import dev.dunlin.bridge.Harness.Recorder;
import dev.dunlin.bridge.spi.Body;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.ByteSource;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Permission;
import dev.dunlin.bridge.spi.Command.Resource;
import dev.dunlin.bridge.spi.Command.RunsOn;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.PushChannel;
import dev.dunlin.bridge.spi.Reply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.AbstractMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BridgeTest {
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger started = new AtomicInteger();
  private final AtomicInteger opened = new AtomicInteger();
  private final Semaphore gate = new Semaphore(0);
  private PushChannel channel;
  private final Harness harness = new Harness(new Probe());
  private final Page page = harness.page(1, ALL);

  @AfterEach
  void close() {
    gate.release(1 << 20);
    harness.close();
    assertEquals(0, opened.get(), "handles left open");
  }

  /** Commands that show what the dispatcher does. */
  private final class Probe implements CommandModule {
    @Override
    public String name() {
      return "pro_be";
    }

    private static Command on(
        RunsOn runsOn, String name, Resource resource, Command.Handler handler) {
      return new Command(name, resource, Permission.POLICY, runsOn, handler);
    }

    @Override
    public List<Command> commands() {
      Resource none = new Resource.None();
      return List.of(
          on(
              RunsOn.EVENT_LOOP,
              "echo",
              none,
              call -> Future.succeededFuture(new Reply.Data(call.params()))),
          new Command(
              "free",
              none,
              Permission.ALWAYS,
              RunsOn.EVENT_LOOP,
              call -> Future.succeededFuture(Reply.NOTHING)),
          new Command(
              "top",
              none,
              Permission.ALWAYS,
              RunsOn.EVENT_LOOP,
              call -> Future.succeededFuture(Reply.NOTHING)),
          on(
              RunsOn.EVENT_LOOP,
              "tree",
              none,
              call ->
                  Future.succeededFuture(
                      new Reply.Data(
                          Map.of(
                              "text",
                              "x".repeat(call.param("n").orElseThrow().asInt()),
                              "bean",
                              new Bean(false))))),
          on(
              RunsOn.EVENT_LOOP,
              "text",
              new Resource.Text(),
              call -> Future.succeededFuture(new Reply.Data(call.resource()))),
          on(
              RunsOn.EVENT_LOOP,
              "texts",
              new Resource.Text("more"),
              call ->
                  Future.succeededFuture(
                      new Reply.Data(
                          List.of(call.allows("texts", "b"), call.allows("text", "b"))))),
          on(
              RunsOn.PAGE,
              "page",
              none,
              call -> Future.succeededFuture(new Reply.Data("of the page"))),
          on(RunsOn.WORKER, "gate", none, this::gate),
          on(RunsOn.EVENT_LOOP, "wait", none, this::waitForCancel),
          on(
              RunsOn.WORKER,
              "fault",
              none,
              call -> {
                throw new IllegalStateException("bug");
              }),
          on(RunsOn.WORKER, "open", none, this::open),
          on(
              RunsOn.EVENT_LOOP,
              "use",
              new Resource.Handle(),
              call -> Future.succeededFuture(new Reply.Data(call.handle(Thing.class).number))),
          on(RunsOn.WORKER, "sum", none, this::sum),
          on(
              RunsOn.EVENT_LOOP,
              "bean",
              none,
              call ->
                  Future.succeededFuture(
                      new Reply.Data(
                          java.util.Collections.nCopies(
                              call.param("n").orElseThrow().asInt(),
                              new Bean(call.param("heavy").isPresent()))))),
          on(RunsOn.WORKER, "late", none, this::late),
          on(RunsOn.WORKER, "bytes", none, this::bytes),
          on(RunsOn.EVENT_LOOP, "push", none, this::push));
    }

    private Future<Reply> gate(Call call) {
      started.incrementAndGet();
      running.incrementAndGet();
      try {
        gate.acquireUninterruptibly();
        return Future.succeededFuture(new Reply.Data("through"));
      } finally {
        running.decrementAndGet();
      }
    }

    private Future<Reply> waitForCancel(Call call) {
      running.incrementAndGet();
      Promise<Reply> reply = Promise.promise();
      call.cancelled()
          .onComplete(
              ignored -> {
                running.decrementAndGet();
                reply.fail(new BridgeError("AbortError", "ERR_CANCELLED", "stopped"));
              });
      return reply.future();
    }

    private Future<Reply> open(Call call) {
      Thing thing = new Thing(opened.incrementAndGet());
      return Future.succeededFuture(new Reply.Data(call.register(thing).value()));
    }

    private Future<Reply> sum(Call call) {
      long bytes = 0;
      try {
        Body body = call.body().orElseThrow();
        for (byte[] part; (part = body.next()).length > 0; ) {
          bytes += part.length;
          if (call.param("refuse").isPresent()) {
            throw new BridgeError("Error", "ENOSPC", "no space");
          }
        }
      } catch (IOException e) {
        running.decrementAndGet();
        return Future.failedFuture(new BridgeError("Error", "EIO", e.getMessage()));
      }
      return Future.succeededFuture(new Reply.Data(bytes));
    }

    private Future<Reply> late(Call call) {
      gate.acquireUninterruptibly();
      return Future.succeededFuture(new Reply.Data("x".repeat(60_000)));
    }

    /** Takes one part, then answers with bytes that must be closed. */
    private Future<Reply> bytes(Call call) {
      try {
        call.body().orElseThrow().next();
      } catch (IOException e) {
        return Future.failedFuture(e);
      }
      opened.incrementAndGet();
      ByteSource source =
          new ByteSource() {
            @Override
            public int read(byte[] target, int length) {
              return END;
            }

            @Override
            public void whenReadable(Runnable action) {
              action.run();
            }

            @Override
            public void close() {
              opened.decrementAndGet();
            }
          };
      return Future.succeededFuture(new Reply.Bytes(source, 0, "text/plain", Map.of()));
    }

    private Future<Reply> push(Call call) {
      channel = call.openPush(PushChannel.Overflow.DROP_OLDEST, 1 << 20);
      return Future.succeededFuture(new Reply.Data(channel.id()));
    }
  }

  private final class Thing implements AutoCloseable {
    final int number;

    Thing(int number) {
      this.number = number;
    }

    @Override
    public void close() {
      opened.decrementAndGet();
    }
  }

  private Harness.Reply ask(StreamRequest request) {
    return Harness.read(harness.bridge.streamLane().open(request));
  }

  @Test
  void answersAMessageOfManyCallsByOneMessage() throws IOException {
    Recorder answer = new Recorder();
    page.send(
        "{\"d\":\""
            + page.id
            + "\",\"c\":[[1,\"ipc://pro-be/echo?a=1\"],[2,\"ipc://pro_be/echo?a=1\",{\"a\":2}],[3,\"ipc://probe/ecko\"]]}",
        answer);
    JsonNode replies = JSON.readTree(answer.text()).path("r");
    assertEquals("[1,0,{\"a\":\"1\"}]", replies.path(0).toString());
    assertEquals("[2,0,{\"a\":2}]", replies.path(1).toString());
    assertEquals("ERR_UNKNOWN_COMMAND", replies.path(2).path(2).path("code").asText());
    assertTrue(replies.path(2).path(2).path("message").asText().contains("ipc://pro-be/echo"));
  }

  @Test
  void whatIsReadyLaterComesOverTheChannel() throws IOException {
    Recorder answer = new Recorder();
    page.send(
        "{\"d\":\"" + page.id + "\",\"c\":[[1,\"ipc://pro-be/gate\"],[2,\"ipc://pro-be/free\"]]}",
        answer);
    assertEquals("{\"r\":[[2,0,null]]}", answer.text());
    gate.release();
    assertEquals("{\"r\":[[1,0,\"through\"]]}", page.channel.text());
  }

  @Test
  void charactersBeyondTheBmpLeaveAsEscapes() {
    harness.bridge.emit(1, "note", "\uD83D\uDC26 \u65E5");
    assertEquals("{\"e\":[[\"note\",\"\\uD83D\\uDC26 \u65E5\"]]}", page.channel.text());
  }

  @Test
  void eventsComeOverTheChannelOfTheirWindowOnly() {
    Page other = harness.page(2, ALL);
    harness.bridge.emit(1, "resize", Map.of("w", 1));
    assertEquals("{\"e\":[[\"resize\",{\"w\":1}]]}", page.channel.text());
    harness.bridge.emit(2, "x", null);
    assertEquals("{\"e\":[[\"x\",null]]}", other.channel.text());
  }

  @Test
  void eventsWaitForTheChannelAndTheOldestAreDroppedAndCounted() throws IOException {
    String id = harness.bridge.registerDocument(7, ALL);
    for (int i = 0; i < Limits.EVENTS_WAITING + 5; i++) {
      harness.bridge.emit(7, "e", i);
    }
    Recorder late = new Recorder();
    harness
        .bridge
        .callLane()
        .receive(new Frame(7, "f", true, ""), "{\"d\":\"" + id + "\",\"o\":1}", late);
    JsonNode events = JSON.readTree(late.text()).path("e");
    assertEquals("[\"dunlin:dropped\",{\"count\":5}]", events.path(0).toString());
    assertEquals("[\"e\",5]", events.path(1).toString());
    assertEquals(Limits.EVENTS_WAITING + 1, events.size());
  }

  @Test
  void deniesWhatThePolicyDoesNotNameOnBothLanes() {
    Page poor =
        harness.page(3, PolicySet.of(List.of("connect-src ipc://pro-be/text/a ipc://handle/")));
    assertEquals("a", poor.data("ipc://pro-be/text/a", Map.of()).asText());
    JsonNode error = poor.error("ipc://pro-be/text/b", Map.of());
    assertEquals("ERR_ACCESS_DENIED", error.path("code").asText());
    assertEquals("ipc://pro-be/text/b", error.path("source").asText());
    assertTrue(poor.data("ipc://pro-be/free", Map.of()).isNull());
    Harness.Reply reply = poor.get("ipc://pro-be/text/b");
    assertEquals(403, reply.status());
    assertEquals("ERR_ACCESS_DENIED", reply.code());
    assertEquals(ORIGIN, reply.headers().get("access-control-allow-origin"));
  }

  @Test
  void aDocumentWithoutAPolicyMayOnlyDoWhatIsHarmless() {
    Page none = harness.page(3, PolicySet.NONE);
    assertTrue(none.data("ipc://pro-be/free", Map.of()).isNull());
    assertEquals(
        "ERR_ACCESS_DENIED", none.error("ipc://pro-be/echo", Map.of()).path("code").asText());
  }

  @Test
  void whatEndsTheAppIsForTheTopDocumentOnly() {
    String nested = harness.bridge.registerDocument(1, ALL);
    record Case(int window, String frame, boolean top, String id, int status) {}
    for (String command : List.of("ipc://pro-be/top", "ipc://pro-be/free")) {
      boolean topOnly = command.endsWith("top");
      assertTrue(page.data(command, Map.of()).isNull());
      for (Case c :
          List.of(
              new Case(1, "frame-1", true, page.id, 200),
              new Case(1, "frame-1", true, "", 200), // its dedicated worker
              new Case(1, "nested", false, nested, topOnly ? 403 : 200),
              new Case(-1, "", false, "", topOnly ? 403 : 200))) { // a shared worker
        Harness.Reply reply =
            ask(
                new StreamRequest(
                    c.window,
                    c.frame,
                    c.top,
                    ORIGIN,
                    "GET",
                    command + (c.id.isEmpty() ? "" : "?_d=" + c.id),
                    new byte[0]));
        assertEquals(c.status, reply.status(), command + c);
        assertEquals(c.status == 200 ? "" : "ERR_ACCESS_DENIED", reply.code());
      }
    }
    Harness.Reply part =
        ask(
            new StreamRequest(
                1,
                "nested",
                false,
                ORIGIN,
                "POST",
                "ipc://pro-be/top?_n=0&_l=1&_u=" + "ab".repeat(16) + "&_d=" + nested,
                new byte[1]));
    assertEquals(403, part.status(), "not as an upload either");
  }

  @Test
  void aCommandThatNoPolicyDecidesMustStandInTheList() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Commands(List.of(new Probe()), Map.of("pro-be/free", Callers.ANY)));
    assertTrue(refused.getMessage().contains("pro-be/top"), refused.getMessage());
  }

  @Test
  void whatHarmsIsListedForTheTopDocumentOnly() {
    for (AlwaysAllowed one : AlwaysAllowed.values()) {
      boolean tells =
          one.command()
              .matches(
                  "application/(capabilities|config|security|versions)|console/write|window/info");
      assertEquals(tells ? Callers.ANY : Callers.TOP, one.callers(), one.command());
    }
  }

  @Test
  void onlyTheFrameThatFirstUsedADocumentMayUseIt() {
    String message = "{\"d\":\"" + page.id + "\",\"c\":[[1,\"ipc://pro-be/echo\"]]}";
    List<Frame> others =
        List.of(
            new Frame(1, "other", true, ORIGIN + "/"),
            new Frame(2, "frame-1", true, ORIGIN + "/"),
            new Frame(1, "frame-1", false, ORIGIN + "/"),
            new Frame(1, "", true, ORIGIN + "/"),
            new Frame(1, "frame-1", true, "https://app.localhost.evil.example/"),
            new Frame(1, "frame-1", true, "https://app.localhost:81/"),
            new Frame(1, "frame-1", true, "https://app.localhost@evil.example/"),
            new Frame(1, "frame-1", true, "http://app.localhost/"),
            new Frame(1, "frame-1", true, "about:blank"),
            new Frame(1, "frame-1", true, "data:text/html,x"));
    for (Frame frame : others) {
      Recorder answer = new Recorder();
      harness.bridge.callLane().receive(frame, message, answer);
      boolean apps = frame.top() && frame.url().equals(ORIGIN + "/");
      assertEquals(
          apps ? CallLane.UNKNOWN_DOCUMENT : CallLane.NO_BRIDGE,
          answer.failure(),
          frame.toString());
    }
    page.data("ipc://pro-be/echo", Map.of());
    harness.bridge.documentGone(page.id);
    Recorder answer = new Recorder();
    page.send(message, answer);
    assertEquals(CallLane.UNKNOWN_DOCUMENT, answer.failure());
  }

  @Test
  void theStreamLaneTakesTheAppsOriginOnlyAndNestedFramesOnlyWithTheirOwnDocument() {
    String nested = harness.bridge.registerDocument(1, ALL);
    record Case(int window, String frame, boolean top, String initiator, String id, int status) {}
    for (Case c :
        List.of(
            new Case(1, "frame-1", true, ORIGIN, page.id, 200),
            new Case(1, "frame-1", true, ORIGIN, "", 200),
            new Case(-1, "", false, ORIGIN, "", 200),
            new Case(-1, "", false, ORIGIN, page.id, 403),
            new Case(1, "nested", false, ORIGIN, "", 403),
            new Case(1, "nested", false, ORIGIN, page.id, 403),
            new Case(1, "nested", false, ORIGIN, nested, 200),
            new Case(2, "frame-1", true, ORIGIN, page.id, 403),
            new Case(1, "frame-1", true, ORIGIN, "0".repeat(32), 403),
            new Case(1, "frame-1", true, "null", page.id, 403),
            new Case(1, "frame-1", true, "https://evil.example", page.id, 403),
            new Case(1, "frame-1", true, "", page.id, 403))) {
      Harness.Reply reply =
          ask(
              new StreamRequest(
                  c.window,
                  c.frame,
                  c.top,
                  c.initiator,
                  "GET",
                  "ipc://pro-be/echo" + (c.id.isEmpty() ? "" : "?_d=" + c.id),
                  new byte[0]));
      assertEquals(c.status, reply.status(), c.toString());
    }
  }

  @Test
  void anUnnamedWorkerHasThePolicyOfItsPage() {
    Page poor = harness.page(5, PolicySet.of(List.of("connect-src ipc://pro-be/text/")));
    poor.data("ipc://pro-be/text/a", Map.of());
    Harness.Reply reply =
        ask(
            new StreamRequest(
                5, poor.frameId, true, ORIGIN, "GET", "ipc://pro-be/echo", new byte[0]));
    assertEquals("ERR_ACCESS_DENIED", reply.code());
  }

  private StreamLane.Exchange asWorker(String worker, String url) {
    String named = url + (url.contains("?") ? "&" : "?") + "_w=" + worker;
    return harness
        .bridge
        .streamLane()
        .open(new StreamRequest(1, page.frameId, true, ORIGIN, "GET", named, new byte[0]));
  }

  @Test
  void aWorkerHasPushesAndHandlesOfItsOwnWhichGoWithItsPushStream() throws IOException {
    String one = "1".repeat(32);
    String two = "2".repeat(32);
    page.data("ipc://pro-be/open", Map.of());
    StreamResponse stream = await(asWorker(one, "ipc://push/").response());
    StreamResponse second = await(asWorker(two, "ipc://push/").response());
    Harness.read(asWorker(one, "ipc://pro-be/open"));
    Harness.read(asWorker(two, "ipc://pro-be/open"));
    assertEquals(200, Harness.read(asWorker(one, "ipc://pro-be/push")).status());
    assertEquals(3, opened.get());
    channel.offer(new byte[] {7});
    byte[] buffer = new byte[64];
    assertEquals(9, Harness.readSome(stream.body(), buffer));
    assertEquals(ByteSource.NOT_YET, second.body().read(buffer, buffer.length), "not the other's");
    // Its engine cancels what a worker had under way when it ends.
    stream.body().close();
    until(() -> channel.isClosed() && opened.get() == 2);
    second.body().close();
    until(() -> opened.get() == 1);
    // The page's own stays.
    page.data("ipc://pro-be/echo", Map.of());
    assertEquals(1, opened.get());
  }

  @Test
  void aWorkersPartGoesWithItsDocument() {
    page.data("ipc://pro-be/echo", Map.of());
    StreamResponse stream = await(asWorker("a".repeat(32), "ipc://push/").response());
    Harness.read(asWorker("a".repeat(32), "ipc://pro-be/open"));
    Harness.read(asWorker("a".repeat(32), "ipc://pro-be/push"));
    harness.bridge.documentGone(page.id);
    until(() -> channel.isClosed() && opened.get() == 0);
    assertThrows(IOException.class, () -> Harness.readSome(stream.body(), new byte[1]));
    stream.body().close();
  }

  @Test
  void aWorkersFirstRequestMayOvertakeThatForItsPushStream() throws IOException {
    page.data("ipc://pro-be/echo", Map.of());
    String worker = "c".repeat(32);
    assertEquals(200, Harness.read(asWorker(worker, "ipc://pro-be/push")).status());
    channel.offer(new byte[] {7});
    StreamResponse stream = await(asWorker(worker, "ipc://push/").response());
    assertEquals(9, Harness.readSome(stream.body(), new byte[64]));
    stream.body().close();
    until(channel::isClosed);
  }

  @Test
  void whatAWorkerHasOpenedIsClosedIfItsPushStreamDoesNotCome() {
    page.data("ipc://pro-be/open", Map.of());
    Harness.read(asWorker("b".repeat(32), "ipc://pro-be/open"));
    Harness.read(asWorker("b".repeat(32), "ipc://pro-be/push"));
    assertEquals(2, opened.get());
    until(() -> channel.isClosed() && opened.get() == 1);
  }

  @Test
  void aWorkerWithoutANameHasNoPushes() {
    page.data("ipc://pro-be/echo", Map.of());
    assertEquals("ERR_INVALID_CALL", Harness.read(asWorker("me", "ipc://pro-be/echo")).code());
    assertEquals(
        "ERR_INVALID_CALL",
        ask(new StreamRequest(
                1, page.frameId, true, ORIGIN, "GET", "ipc://pro-be/push", new byte[0]))
            .code());
    // Nor has a shared one, which is of no document.
    Harness.Reply shared =
        ask(
            new StreamRequest(
                -1, "", false, ORIGIN, "GET", "ipc://push/?_w=" + "b".repeat(32), new byte[0]));
    assertEquals("ERR_INVALID_CALL", shared.code());
  }

  @Test
  void aWorkerThatBeginsBeforeItsPageCallsHasThePagesPolicyFromThenOn() throws IOException {
    String worker = "_w=" + "e".repeat(32);
    harness.bridge.registerDocument(8, ALL);
    StreamResponse stream =
        await(harness.bridge.streamLane().open(early("ipc://push/?" + worker)).response());
    assertEquals("bytes", stream.headers().get("x-dunlin-reply"));
    assertEquals(200, ask(early("ipc://pro-be/open?" + worker)).status());
    harness
        .page(8, PolicySet.of(List.of("connect-src ipc://pro-be/push ipc://pro-be/echo")))
        .data("ipc://pro-be/echo", Map.of());
    assertEquals("ERR_ACCESS_DENIED", ask(early("ipc://pro-be/open?" + worker)).code());
    assertEquals(200, ask(early("ipc://pro-be/push?" + worker)).status());
    channel.offer(new byte[] {1});
    assertEquals(9, Harness.readSome(stream.body(), new byte[64]));
    stream.body().close();
    until(() -> channel.isClosed() && opened.get() == 0);
  }

  private static StreamRequest early(String url) {
    return new StreamRequest(8, "frame-8", true, ORIGIN, "GET", url, new byte[0]);
  }

  @Test
  void workersOfADocumentAreBounded() {
    page.data("ipc://pro-be/echo", Map.of());
    for (int i = 0; i < Limits.WORKERS_PER_DOCUMENT; i++) {
      assertEquals(
          200, await(asWorker(String.format("%032x", i), "ipc://push/").response()).status());
    }
    String late = String.format("%032x", Limits.WORKERS_PER_DOCUMENT);
    assertEquals("ERR_TOO_MANY_CALLS", Harness.read(asWorker(late, "ipc://push/")).code());
    assertEquals(200, Harness.read(asWorker(late, "ipc://pro-be/echo")).status());
    assertEquals("ERR_INVALID_CALL", Harness.read(asWorker(late, "ipc://pro-be/push")).code());
  }

  @Test
  void anotherWindowCanNotUseAHandleNorCanAnotherDocumentOnceItIsGone() {
    String id = page.data("ipc://pro-be/open", Map.of()).asText();
    assertEquals(32, id.length());
    assertEquals(1, page.data("ipc://handle/pro_be/use/" + id, Map.of()).asInt());
    Page other = harness.page(2, ALL);
    JsonNode foreign = other.error("ipc://handle/pro-be/use/" + id, Map.of());
    JsonNode random = other.error("ipc://handle/pro-be/use/" + "0".repeat(32), Map.of());
    assertEquals("ERR_UNKNOWN_HANDLE", foreign.path("code").asText());
    assertEquals("ERR_UNKNOWN_HANDLE", random.path("code").asText());
    assertEquals(404, other.get("ipc://handle/pro-be/use/" + id).status());
    harness.bridge.documentGone(page.id);
    until(() -> opened.get() == 0);
  }

  @Test
  void handlesOfAWindowAreBounded() {
    for (int i = 0; i < Limits.HANDLES_PER_WINDOW; i++) {
      page.data("ipc://pro-be/open", Map.of());
    }
    assertEquals("EMFILE", page.error("ipc://pro-be/open", Map.of()).path("code").asText());
    // The one that was refused was never closed by the probe: that is its own, not the table's.
    opened.decrementAndGet();
  }

  @Test
  void aFaultOfOursIsNotToldInDetail() {
    JsonNode error = page.error("ipc://pro-be/fault", Map.of());
    assertEquals("ERR_INTERNAL", error.path("code").asText());
    assertFalse(error.toString().contains("bug"));
    assertEquals(500, page.get("ipc://pro-be/fault").status());
  }

  @Test
  void aLongReplyIsRefusedOnTheCallLaneAndWholeOnTheStreamLane() {
    String text = "x".repeat(Limits.REPLY_LENGTH);
    assertEquals(
        "ERR_REPLY_TOO_LARGE",
        page.error("ipc://pro-be/echo", Map.of("t", text)).path("code").asText());
    Harness.Reply reply = page.get("ipc://pro-be/echo?t=" + text.substring(0, 60_000));
    assertEquals(60_000, reply.json().path("data").path("t").asText().length());
    assertEquals("data", reply.headers().get("x-dunlin-reply"));
  }

  @Test
  void thousandsOfCallsOfAPageThatGoesLeaveNoWorkBehind() {
    StringBuilder calls = new StringBuilder();
    for (int i = 1; i <= 9_000; i++) {
      calls.append(i > 1 ? "," : "").append('[').append(i).append(",\"ipc://pro-be/");
      calls.append(i % 2 == 0 ? "gate" : "wait").append("\"]");
    }
    Recorder answer = new Recorder();
    page.send("{\"d\":\"" + page.id + "\",\"c\":[" + calls + "]}", answer);
    until(() -> running.get() == 4_500 + Limits.WORKERS);
    harness.bridge.documentGone(page.id);
    until(() -> running.get() == Limits.WORKERS);
    gate.release(Limits.WORKERS);
    until(() -> running.get() == 0);
    Page next = harness.page(1, ALL);
    gate.release();
    assertEquals("through", next.data("ipc://pro-be/gate", Map.of()).asText());
    assertEquals(Limits.WORKERS + 1, started.get(), "calls that waited for a thread never ran");
    assertTrue(answer.texts.isEmpty(), "a page that is gone gets no answer");
  }

  @Test
  void aCancelledQueryStopsItsCallsAndACancelledCallSaysSo() throws IOException {
    Recorder one = new Recorder();
    Cancellation query =
        page.send("{\"d\":\"" + page.id + "\",\"c\":[[1,\"ipc://pro-be/wait\"]]}", one);
    until(() -> running.get() == 1);
    query.cancel();
    until(() -> running.get() == 0);
    Recorder two = new Recorder();
    page.send("{\"d\":\"" + page.id + "\",\"c\":[[2,\"ipc://pro-be/wait\"]]}", two);
    Recorder cancel = new Recorder();
    page.send("{\"d\":\"" + page.id + "\",\"x\":[2,99]}", cancel);
    assertEquals("", cancel.text());
    assertEquals(
        "ERR_CANCELLED", JSON.readTree(two.text()).path("r").path(0).path(2).path("code").asText());
    StreamLane.Exchange fetch = page.open("GET", "ipc://pro-be/wait", new byte[0]);
    until(() -> running.get() == 1);
    fetch.cancel();
    until(() -> running.get() == 0);
    assertTrue(one.texts.isEmpty());
  }

  @Test
  void whatNeedsThePageRefusesASynchronousRequestAtOnceAndAnswersOthers() throws IOException {
    assertEquals("of the page", page.data("ipc://pro-be/page", Map.of()).asText());
    assertEquals("of the page", page.get("ipc://pro-be/page").json().path("data").asText());
    Harness.Reply refused = page.get("ipc://pro-be/page?_b=1");
    assertEquals(
        "ERR_SYNC_CALL",
        JSON.readTree(refused.headers().get("x-dunlin-json")).path("err").path("code").asText());
    Harness.Reply other = page.get("ipc://pro-be/echo?_b=1");
    assertEquals("data", other.headers().get("x-dunlin-reply"), "others may be waited for");
  }

  @Test
  void tooManyCallsAreRefusedWholeAndHonestTrafficGoesOn() {
    StringBuilder calls = new StringBuilder("[1,\"ipc://pro-be/free\"]");
    for (int i = 2; i <= Limits.CALLS_IN_FLIGHT + 1; i++) {
      calls.append(",[").append(i).append(",\"ipc://pro-be/free\"]");
    }
    Recorder answer = new Recorder();
    page.send("{\"d\":\"" + page.id + "\",\"c\":[" + calls + "]}", answer);
    assertEquals(CallLane.TOO_MANY, answer.failure());
    Recorder large = new Recorder();
    page.send(" ".repeat(Limits.MESSAGE_LENGTH + 1), large);
    assertEquals(CallLane.TOO_LARGE, large.failure());
    assertTrue(page.data("ipc://pro-be/free", Map.of()).isNull());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[]",
        "1",
        "\"x\"",
        "{",
        "{\"d\":1}",
        "{\"d\":\"D\",\"c\":{}}",
        "{\"d\":\"D\",\"c\":[1]}",
        "{\"d\":\"D\",\"c\":[[]]}",
        "{\"d\":\"D\",\"c\":[[0,\"u\"]]}",
        "{\"d\":\"D\",\"c\":[[-1,\"u\"]]}",
        "{\"d\":\"D\",\"c\":[[1.5,\"u\"]]}",
        "{\"d\":\"D\",\"c\":[[9007199254740992,\"u\"]]}",
        "{\"d\":\"D\",\"c\":[[1e99,\"u\"]]}",
        "{\"d\":\"D\",\"c\":[[99999999999999999999999,\"u\"]]}",
        "{\"d\":\"D\",\"c\":[[1,null]]}",
        "{\"d\":\"D\",\"c\":[[1,\"u\",[]]]}",
        "{\"d\":\"D\",\"c\":[[1,\"u\",{},1]]}",
        "{\"d\":\"D\",\"c\":[[1,\"u\"],[1,\"u\"]]}",
        "{\"d\":\"D\",\"o\":true}",
        "{\"d\":\"D\",\"o\":1,\"c\":[[1,\"u\"]]}",
        "{\"d\":\"D\",\"x\":[\"1\"]}",
        "{\"d\":\"D\",\"z\":1}",
        "{\"d\":\"D\",\"c\":[]} x",
        "{\"d\":\"D\",\"c\":[[1,\"u\"]",
        "\ud800",
        "{\"d\":\"\\ud8\"}",
      })
  void refusesAMalformedMessageWhole(String message) {
    Recorder answer = new Recorder();
    page.send(message.replace("\"D\"", "\"" + page.id + "\""), answer);
    assertEquals(CallLane.MALFORMED, answer.failure());
  }

  @Test
  void refusesDeepJsonAndAnswersInvalidSurrogates() {
    Recorder deep = new Recorder();
    page.send(
        "{\"d\":\"" + page.id + "\",\"c\":[[1,\"ipc://pro-be/echo\",{\"a\":" + "[".repeat(100_000),
        deep);
    assertEquals(CallLane.MALFORMED, deep.failure());
    assertEquals(
        "ERR_INVALID_CALL", page.error("ipc://pro-be/text/\ud800", Map.of()).path("code").asText());
  }

  @Test
  void anyMutationOfAMessageIsAnsweredOnce() {
    long seed = System.identityHashCode(this);
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    String good =
        "{\"d\":\"" + page.id + "\",\"c\":[[7,\"ipc://pro-be/text/a%20b\",{\"a\":[1,\"é\"]}]]}";
    for (int i = 0; i < 2_000; i++) {
      StringBuilder text = new StringBuilder(good);
      for (int edits = random.nextInt(4); edits >= 0; edits--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.setLength(Math.max(1, at));
          case 1 -> text.setCharAt(at, (char) random.nextInt(0x10000));
          default -> text.insert(at, "[]{}\",:0e\\".charAt(random.nextInt(10)));
        }
      }
      Recorder answer = new Recorder();
      page.send(text.toString(), answer);
      until(() -> answer.texts.size() + answer.failures.size() == 1);
      assertTrue(answer.texts.size() + answer.failures.size() == 1, "seed " + seed);
    }
  }

  @Test
  void anUploadIsTakenPartByPartAndAnsweredAtItsEnd() {
    String url = "ipc://pro-be/sum?_u=" + "ab".repeat(16);
    for (int part = 0; part < 5; part++) {
      Harness.Reply reply = page.fetch("POST", url + "&_n=" + part, new byte[1000]);
      assertEquals("{\"data\":null}", new String(reply.body()));
    }
    Harness.Reply last = page.fetch("POST", url + "&_n=5&_l=1", new byte[1]);
    assertEquals(5001, last.json().path("data").asInt());
    assertEquals(400, page.fetch("POST", url + "&_n=6", new byte[1]).status());
  }

  @Test
  void anUploadEndsAtOnceByTheCommandsErrorOrByDisorder() {
    String url = "ipc://pro-be/sum?refuse=1&_u=" + "ab".repeat(16);
    Harness.Reply first = page.fetch("POST", url + "&_n=0", new byte[10]);
    Harness.Reply refused =
        first.code().isEmpty() ? page.fetch("POST", url + "&_n=1", new byte[10]) : first;
    assertEquals("ENOSPC", refused.code());
    String other = "ipc://pro-be/sum?_u=" + "cd".repeat(16);
    page.fetch("POST", other + "&_n=0", new byte[10]);
    assertEquals(400, page.fetch("POST", other + "&_n=2", new byte[10]).status());
    assertEquals(400, page.fetch("POST", other + "&_n=x", new byte[10]).status());
    assertEquals(400, page.fetch("GET", other + "&_n=0", new byte[10]).status());
  }

  @Test
  void anUploadThatIsAbortedOrWhosePageGoesEndsItsCommand() {
    running.set(2);
    String url = "ipc://pro-be/sum?_u=";
    page.fetch("POST", url + "ab".repeat(16) + "&_n=0", new byte[10]);
    Page other = harness.page(2, ALL);
    other.fetch("POST", url + "ab".repeat(16) + "&_n=0", new byte[10]);
    harness.bridge.documentGone(page.id);
    until(() -> running.get() == 1);
    harness.bridge.documentGone(other.id);
    until(() -> running.get() == 0);
  }

  @Test
  void uploadsAreBounded() {
    for (int i = 0; i < Limits.UPLOADS; i++) {
      String id = String.format("%032x", i);
      assertEquals(200, page.fetch("POST", "ipc://pro-be/sum?_n=0&_u=" + id, new byte[1]).status());
    }
    assertEquals(
        429,
        page.fetch("POST", "ipc://pro-be/sum?_n=0&_u=" + "f".repeat(32), new byte[1]).status());
    assertEquals(
        413, page.fetch("POST", "ipc://pro-be/sum", new byte[Limits.BODY_BYTES + 1]).status());
  }

  @Test
  void pushedMessagesArriveInFramesWhileThereIsCredit() throws IOException {
    StreamResponse stream = await(page.open("GET", "ipc://push/", new byte[0]).response());
    assertEquals("bytes", stream.headers().get("x-dunlin-reply"));
    int id = page.data("ipc://pro-be/push", Map.of()).asInt();
    byte[] buffer = new byte[4 << 20];
    assertEquals(ByteSource.NOT_YET, stream.body().read(buffer, buffer.length));
    channel.offer(new byte[] {1, 2, 3});
    int n = Harness.readSome(stream.body(), buffer);
    ByteBuffer frame = ByteBuffer.wrap(buffer, 0, n).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(3, frame.getInt());
    assertEquals(id, frame.getInt());
    assertArrayEquals(new byte[] {1, 2, 3}, new byte[] {frame.get(), frame.get(), frame.get()});

    // 1 MiB of credit, then 1 MiB waits, then the oldest go.
    for (int i = 0; i < 40; i++) {
      assertTrue(channel.offer(new byte[64 << 10]));
    }
    assertEquals(40 - 16 - 16, channel.dropped());
    assertEquals(16 * (8 + (64 << 10)), Harness.readSome(stream.body(), buffer));
    assertEquals(ByteSource.NOT_YET, stream.body().read(buffer, buffer.length));
    page.data("ipc://push/credit", Map.of("channel", id, "bytes", 64 << 10));
    assertEquals(8 + (64 << 10), Harness.readSome(stream.body(), buffer));
    page.error("ipc://push/credit", Map.of("channel", id, "bytes", -1));

    harness.bridge.documentGone(page.id);
    until(channel::isClosed);
    assertThrows(IOException.class, () -> Harness.readSome(stream.body(), buffer));
    assertFalse(channel.offer(new byte[1]));
    stream.body().close();
  }

  @Test
  void aClosedPushChannelSaysSoAfterWhatWaits() throws IOException {
    StreamResponse stream = await(page.open("GET", "ipc://push/", new byte[0]).response());
    page.data("ipc://pro-be/push", Map.of());
    channel.offer(new byte[5]);
    channel.close();
    byte[] buffer = new byte[64];
    assertEquals(8 + 5 + 8, Harness.readSome(stream.body(), buffer));
    assertEquals(0, buffer[13]);
    assertFalse(channel.offer(new byte[1]));
    stream.body().close();
  }

  @Test
  void aPreflightIsAnsweredAndOtherMethodsAreNot() {
    assertEquals(204, page.fetch("OPTIONS", "ipc://pro-be/echo", new byte[0]).status());
    assertEquals(400, page.fetch("DELETE", "ipc://pro-be/echo", new byte[0]).status());
    assertEquals(400, page.get("ipc://pro-be/echo?_=[1").status());
    assertEquals(404, page.get("ipc://pro-be/nothing").status());
  }

  @Test
  void theOldestDocumentGoesWhenAWindowHasTooMany() {
    page.data("ipc://pro-be/free", Map.of());
    for (int i = 0; i < Limits.DOCUMENTS_PER_WINDOW; i++) {
      harness.bridge.registerDocument(1, ALL);
    }
    assertTrue(page.data("ipc://pro-be/free", Map.of()).isNull(), "unused ones go first");
  }

  @Test
  void theDocumentOfATopFrameStaysWhenAllOthersAreInUseToo() {
    page.data("ipc://pro-be/free", Map.of());
    for (int i = 0; i < Limits.DOCUMENTS_PER_WINDOW; i++) {
      nested(harness.bridge.registerDocument(1, ALL), "nested-" + i);
    }
    harness.bridge.registerDocument(1, ALL);
    assertTrue(page.data("ipc://pro-be/free", Map.of()).isNull());
  }

  @Test
  void aNestedFramesDocumentGoesWhenTheFrameShowsAnother() {
    String first = harness.bridge.registerDocument(1, ALL);
    String second = harness.bridge.registerDocument(1, ALL);
    assertEquals(200, nested(first, "nested").status());
    assertEquals(200, nested(second, "nested").status());
    assertEquals(403, nested(first, "nested").status());
    assertEquals(200, nested(second, "nested").status());
    assertTrue(page.data("ipc://pro-be/free", Map.of()).isNull());
  }

  private Harness.Reply nested(String id, String frame) {
    return ask(
        new StreamRequest(
            1, frame, false, ORIGIN, "GET", "ipc://pro-be/free?_d=" + id, new byte[0]));
  }

  @Test
  void everyQueryOfADocumentThatGoesFails() {
    Recorder call = new Recorder();
    page.send("{\"d\":\"" + page.id + "\",\"c\":[[1,\"ipc://pro-be/wait\"]]}", call);
    until(() -> running.get() == 1);
    harness.bridge.documentGone(page.id);
    assertEquals(CallLane.NO_BRIDGE, call.failure());
    assertEquals(CallLane.NO_BRIDGE, page.channel.failure());
    assertTrue(call.texts.isEmpty() && call.failures.isEmpty());
  }

  @Test
  void aPageThatTakesNoLateRepliesMayNotCallUntilItDoes() throws IOException {
    String id = harness.bridge.registerDocument(9, ALL);
    Frame frame = new Frame(9, "f", true, "");
    int replies = Limits.REPLIES_WAITING_LENGTH / 60_000 + 1;
    StringBuilder calls = new StringBuilder("[1,\"ipc://pro-be/free\"]");
    for (int i = 2; i < replies + 2; i++) {
      calls.append(",[").append(i).append(",\"ipc://pro-be/late\"]");
    }
    Recorder first = new Recorder();
    harness.bridge.callLane().receive(frame, "{\"d\":\"" + id + "\",\"c\":[" + calls + "]}", first);
    assertEquals("{\"r\":[[1,0,null]]}", first.text());
    gate.release(replies);
    until(
        () -> {
          Recorder more = new Recorder();
          harness
              .bridge
              .callLane()
              .receive(
                  frame, "{\"d\":\"" + id + "\",\"c\":[[999999,\"ipc://pro-be/free\"]]}", more);
          until(() -> more.texts.size() + more.failures.size() == 1);
          return List.of(CallLane.TOO_MANY).equals(List.copyOf(more.failures));
        });
    // Over the bound before the last reply may be in: taken by as many queries as it needs.
    int taken = 0;
    while (taken < replies) {
      Recorder channel = new Recorder();
      harness.bridge.callLane().receive(frame, "{\"d\":\"" + id + "\",\"o\":1}", channel);
      taken += JSON.readTree(channel.text()).path("r").size();
    }
    // What is posted before the page knows of the refusal does not overtake what was refused.
    String one = "{\"d\":\"" + id + "\",\"c\":[[1,\"ipc://pro-be/free\"]]}";
    Recorder early = new Recorder();
    harness.bridge.callLane().receive(frame, one, early);
    assertEquals(CallLane.TOO_MANY, early.failure());
    Recorder known = new Recorder();
    harness.bridge.callLane().receive(frame, "{\"d\":\"" + id + "\",\"a\":1}", known);
    assertEquals("", known.text());
    Recorder again = new Recorder();
    harness.bridge.callLane().receive(frame, one, again);
    assertEquals("{\"r\":[[1,0,null]]}", again.text());
  }

  @Test
  void bytesThatAnUploadIsAnsweredWithAndNobodyTakesAreClosedWithTheDocument() {
    String url = "ipc://pro-be/bytes?_u=" + "ab".repeat(16);
    page.fetch("POST", url + "&_n=0", new byte[10]);
    until(() -> opened.get() == 1);
    // The command has ended by now or soon; its answer waits for a part that never comes.
    page.data("ipc://pro-be/free", Map.of());
    harness.bridge.documentGone(page.id);
    until(() -> opened.get() == 0);
  }

  /** Shows on which thread it is written, or is too much for it. */
  private static final class Bean extends AbstractMap<String, Object> {
    private final boolean heavy;

    Bean(boolean heavy) {
      this.heavy = heavy;
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
      if (heavy) {
        throw new OutOfMemoryError("made up");
      }
      return Map.<String, Object>of("thread", Thread.currentThread().getName()).entrySet();
    }
  }

  @Test
  void aLongReplyIsWrittenByAWorker() {
    JsonNode data = page.get("ipc://pro-be/bean?n=300").json().path("data");
    assertEquals(300, data.size());
    assertTrue(data.path(0).path("thread").asText().startsWith("dunlin-bridge"), data::toString);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, Limits.REPLY_LENGTH, 8 << 20})
  void aReplyOfAnyShapeIsWrittenOnTheLoopOnlyWhileItIsShort(int length) {
    JsonNode data = page.get("ipc://pro-be/tree?n=" + length).json().path("data");
    assertEquals(length, data.path("text").asText().length());
    assertEquals(
        length > 10,
        data.path("bean").path("thread").asText().startsWith("dunlin-bridge"),
        data.path("bean")::toString);
  }

  @Test
  void jsonThatIsTooDeepIsRefusedAndThatOfTheGreatestDepthIsNot() {
    // The object, its list of calls, and the call are three levels; the parameters have the rest.
    int rest = Limits.JSON_DEPTH - 3;
    for (int depth : List.of(rest, rest + 1, 1_000_000)) {
      Recorder answer = new Recorder();
      page.send(
          "{\"d\":\""
              + page.id
              + "\",\"c\":[[1,\"ipc://pro-be/free\","
              + "{\"a\":".repeat(depth)
              + "1"
              + "}".repeat(depth)
              + "]]}",
          answer);
      if (depth == rest) {
        assertEquals("{\"r\":[[1,0,null]]}", answer.text());
      } else {
        assertEquals(CallLane.MALFORMED, answer.failure());
      }
    }
  }

  @Test
  void endsOfPushChannelsThatThePageDoesNotReadAreBounded() throws IOException {
    for (int i = 0; i < Limits.PUSH_CHANNELS; i++) {
      page.data("ipc://pro-be/push", Map.of());
      channel.close();
    }
    assertEquals(
        "ERR_TOO_MANY_CALLS", page.error("ipc://pro-be/push", Map.of()).path("code").asText());
    StreamResponse stream = await(page.open("GET", "ipc://push/", new byte[0]).response());
    assertEquals(8 * Limits.PUSH_CHANNELS, Harness.readSome(stream.body(), new byte[64 << 10]));
    for (int i = 0; i < 2 * Limits.PUSH_CHANNELS; i++) {
      page.data("ipc://pro-be/push", Map.of());
      channel.close();
      assertEquals(8, Harness.readSome(stream.body(), new byte[64]), "a page that reads goes on");
    }
    stream.body().close();
  }

  @Test
  void anAnswerThatTheHostHasNoMemoryForIsAFaultOnBothLanes() {
    for (int n : List.of(1, 300)) {
      assertEquals(500, page.get("ipc://pro-be/bean?heavy=1&n=" + n).status());
      JsonNode error = page.error("ipc://pro-be/bean", Map.of("heavy", true, "n", n));
      assertEquals("ERR_INTERNAL", error.path("code").asText());
    }
  }

  @Test
  void twoCommandsOfOneNameAreRefusedAtRegistration() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new Commands(List.of(new Probe(), new Probe()), Map.of()));
  }

  @Test
  void everyTextOfAListIsPolicedAsTheOneOfTheUrl() {
    Page page =
        harness.page(
            0, PolicySet.of(List.of("connect-src ipc://pro-be/texts/a ipc://pro-be/texts/b")));
    assertEquals(
        "[true,false]",
        page.data("ipc://pro-be/texts/a", Map.of("more", List.of("a", "b"))).toString());
    assertEquals("[true,false]", page.data("ipc://pro-be/texts/a", Map.of()).toString());
    JsonNode denied = page.error("ipc://pro-be/texts/a", Map.of("more", List.of("b", "c")));
    assertEquals("ERR_ACCESS_DENIED", denied.path("code").asText());
    assertEquals("ipc://pro-be/texts/c", denied.path("source").asText());
    for (Object wrong :
        List.of(
            "b",
            Map.of("b", 1),
            List.of("b/c"),
            List.of(".."),
            List.of(""),
            java.util.Collections.nCopies(257, "b"))) {
      assertEquals(
          "ERR_INVALID_CALL",
          page.error("ipc://pro-be/texts/a", Map.of("more", wrong)).path("code").asText(),
          wrong::toString);
    }
    // A source for a folder is a source for each text in it.
    assertEquals(
        "[true,false]",
        harness
            .page(1, PolicySet.of(List.of("connect-src ipc://pro-be/texts/")))
            .data("ipc://pro-be/texts/x", Map.of("more", List.of("y z")))
            .toString());
  }
}
