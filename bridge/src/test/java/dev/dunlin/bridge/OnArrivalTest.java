package dev.dunlin.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.Harness.Page;
import dev.dunlin.bridge.Harness.Recorder;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Permission;
import dev.dunlin.bridge.spi.Command.Resource;
import dev.dunlin.bridge.spi.Command.RunsOn;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Commands that are answered on the thread that brings their call. */
final class OnArrivalTest {
  private static final String URL = "ipc://clock/now";

  private volatile Thread ranOn;
  private final CountDownLatch gate = new CountDownLatch(1);
  private final Harness harness = new Harness(new Clock());
  private final Page page = harness.page(1, Harness.ALL);

  @AfterEach
  void close() {
    harness.close();
  }

  private final class Clock implements CommandModule {
    @Override
    public String name() {
      return "clock";
    }

    @Override
    public List<Command> commands() {
      return List.of(
          command("now", RunsOn.ARRIVAL, this::now),
          command(
              "long",
              RunsOn.ARRIVAL,
              call -> Future.succeededFuture(new Reply.Data("x".repeat(Limits.REPLY_LENGTH / 3)))),
          command("later", RunsOn.ARRIVAL, call -> Promise.<Reply>promise().future()),
          command("slow", RunsOn.BRIEF, this::slow),
          command("loop", RunsOn.EVENT_LOOP, this::now));
    }

    private Future<Reply> slow(Call call) {
      try {
        gate.await();
        return Future.succeededFuture(Reply.NOTHING);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    private Future<Reply> now(Call call) {
      ranOn = Thread.currentThread();
      return Future.succeededFuture(new Reply.Data(call.params()));
    }
  }

  private static Command command(String function, RunsOn runsOn, Command.Handler handler) {
    return new Command(function, new Resource.None(), Permission.POLICY, runsOn, handler);
  }

  private Recorder send(Page from, String calls) {
    Recorder answer = new Recorder();
    from.send("{\"d\":\"" + from.id + "\",\"c\":[" + calls + "]}", answer);
    return answer;
  }

  @Test
  void aCallOfABoundDocumentIsAnsweredBeforeReceiveReturns() throws IOException {
    page.data(URL, java.util.Map.of());

    Recorder answer = send(page, "[7,\"" + URL + "?a=1\",{\"b\":2}],[8,\"" + URL + "\"]");

    assertSame(Thread.currentThread(), ranOn);
    assertEquals(
        Harness.JSON.readTree("{\"r\":[[7,0,{\"b\":2,\"a\":\"1\"}],[8,0,{}]]}"),
        Harness.JSON.readTree(answer.texts.element()));
  }

  @Test
  void oneCallThatNeedsTheLoopTakesItsWholeMessageThere() throws IOException {
    page.data(URL, java.util.Map.of());

    JsonNode replies =
        Harness.JSON
            .readTree(send(page, "[1,\"" + URL + "\"],[2,\"ipc://clock/loop\"]").text())
            .path("r");

    assertEquals(2, replies.size());
    assertNotSame(Thread.currentThread(), ranOn);
  }

  @Test
  void thePolicyDecidesHereToo() throws IOException {
    Page strict = harness.page(2, PolicySet.of(List.of("connect-src ipc://clock/loop")));
    strict.data("ipc://clock/loop", java.util.Map.of());
    ranOn = null;

    JsonNode reply =
        Harness.JSON.readTree(send(strict, "[3,\"" + URL + "\"]").texts.element()).at("/r/0");

    assertEquals("ERR_ACCESS_DENIED", reply.path(2).path("code").asText());
    assertSame(null, ranOn);
  }

  @Test
  void aDocumentThatIsGoneOrAnotherFramesIsRefused() {
    page.data(URL, java.util.Map.of());
    ranOn = null;
    String message = "{\"d\":\"" + page.id + "\",\"c\":[[1,\"" + URL + "\"]]}";

    Recorder other = new Recorder();
    harness
        .bridge
        .callLane()
        .receive(new Frame(1, "another", true, Harness.ORIGIN + "/"), message, other);
    assertEquals(CallLane.UNKNOWN_DOCUMENT, other.failure());

    harness.bridge.documentGone(page.id);
    assertEquals(CallLane.UNKNOWN_DOCUMENT, send(page, "[2,\"" + URL + "\"]").failure());
    assertSame(null, ranOn);
  }

  @Test
  void aCommandThatBreaksItsPromiseToAnswerAtOnceIsAFaultOfOurs() throws IOException {
    page.data(URL, java.util.Map.of());

    JsonNode reply =
        Harness.JSON
            .readTree(send(page, "[1,\"ipc://clock/later\"],[2,\"" + URL + "\"]").texts.element())
            .path("r");

    assertEquals("ERR_INTERNAL", reply.at("/0/2/code").asText());
    assertEquals(0, reply.at("/1/1").asInt());
  }

  @Test
  void aLongMessageGoesToTheLoop() {
    page.data(URL, java.util.Map.of());

    String padding = "x".repeat(Limits.MESSAGE_LENGTH_ON_ARRIVAL);
    assertTrue(send(page, "[1,\"" + URL + "\",{\"p\":\"" + padding + "\"}]").text().length() > 0);

    assertNotSame(Thread.currentThread(), ranOn);
  }

  @Test
  void longRepliesAreMadeOnTheLoop() throws IOException {
    page.data(URL, java.util.Map.of());
    String calls = "[1,\"ipc://clock/long\"],[2,\"ipc://clock/long\"],[3,\"" + URL + "\"]";

    Recorder few = send(page, calls);
    assertEquals(3, Harness.JSON.readTree(few.texts.element()).path("r").size());
    assertSame(Thread.currentThread(), ranOn);

    Recorder many = send(page, calls.replace("[3,", "[3,\"ipc://clock/long\"],[4,"));
    assertEquals(4, Harness.JSON.readTree(many.text()).path("r").size());
    assertNotSame(Thread.currentThread(), ranOn);
  }

  @Test
  void anAnswerThatNobodyTakesIsNoFault() {
    page.data(URL, java.util.Map.of());
    Answer dead =
        new Answer() {
          @Override
          public void success(String json) {
            throw new IllegalStateException("closed");
          }

          @Override
          public void failure(int code, String message) {
            throw new IllegalStateException("closed");
          }
        };
    page.send("{\"d\":\"" + page.id + "\",\"c\":[[1,\"" + URL + "\"]]}", dead);
    assertEquals(0, page.call(URL, java.util.Map.of()).path(1).asInt());
  }

  @Test
  void whoWaitsForALookIsAnsweredFromMemoryAtOnceAndNotHeldUpByASlowDisk() {
    String id = "?_d=" + page.id;
    page.data(URL, java.util.Map.of());
    assertEquals("{\"data\":{}}", harness.bridge.streamLane().look(1, URL + id));
    assertSame(Thread.currentThread(), ranOn);
    assertEquals(StreamLane.NEVER, harness.bridge.streamLane().look(1, "ipc://clock/loop" + id));
    for (int i = 0; i < 2 * (Limits.BRIEF_THREADS + Limits.BRIEF_WAITING); i++) {
      assertEquals("", harness.bridge.streamLane().look(1, "ipc://clock/slow" + id));
    }
    gate.countDown();
  }

  @Test
  void aCommandThatNamesSomethingMayNotBeDeclaredSo() {
    CommandModule module =
        new CommandModule() {
          @Override
          public String name() {
            return "bad";
          }

          @Override
          public List<Command> commands() {
            return List.of(
                new Command(
                    "open",
                    new Resource.Handle(),
                    Permission.POLICY,
                    RunsOn.ARRIVAL,
                    call -> Future.succeededFuture(Reply.NOTHING)));
          }
        };
    assertThrows(
        IllegalArgumentException.class, () -> new Commands(List.of(module), java.util.Map.of()));
  }
}
