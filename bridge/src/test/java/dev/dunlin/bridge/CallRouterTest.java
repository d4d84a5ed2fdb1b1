package dev.dunlin.bridge;

import static dev.dunlin.bridge.Harness.ORIGIN;
import static dev.dunlin.bridge.Harness.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.bridge.Harness.Recorder;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.scheduler.RandomSource;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the call lane does when something that should never happen does. */
class CallRouterTest {
  private static final Frame FRAME = new Frame(1, "f", true, ORIGIN + "/");

  private final List<Promise<Reply>> asked = new ArrayList<>();
  private final Vertx vertx = Vertx.vertx();
  private final BridgeConfig config =
      new BridgeConfig(ORIGIN, Harness.ALL, List.of(), RandomSource.secure(), FileLane.NONE);
  private final Loop loop = new Loop(vertx);
  private final Documents documents = new Documents(config, loop, gone -> gone.outbox.clear());
  private final Dispatcher dispatcher =
      new Dispatcher(
          loop,
          new Commands(List.of(new Probe()), Map.of()),
          new OwnFiles(config.ownFiles()),
          new SecretFiles());
  private final Document document = documents.register(1, Harness.ALL);

  @AfterEach
  void close() {
    await(loop.close());
    await(vertx.close());
  }

  /** A command that is answered when the test says so. */
  private final class Probe implements CommandModule {
    @Override
    public String name() {
      return "probe";
    }

    @Override
    public List<Command> commands() {
      return List.of(
          new Command(
              "ask",
              new Command.Resource.None(),
              Command.Permission.POLICY,
              Command.RunsOn.EVENT_LOOP,
              call -> {
                Promise<Reply> answer = Promise.promise();
                asked.add(answer);
                return answer.future();
              }));
    }
  }

  /** Chromium's end of a query whose page is gone. */
  private static final class Dead implements Answer {
    final AtomicInteger tried = new AtomicInteger();

    @Override
    public void success(String json) {
      tried.incrementAndGet();
      throw new IllegalStateException("the callback is dead");
    }

    @Override
    public void failure(int code, String message) {
      tried.incrementAndGet();
      throw new UnsatisfiedLinkError("the callback is dead");
    }
  }

  private String message(String members) {
    return "{\"d\":\"" + document.id + "\"," + members + "}";
  }

  private void onLoop(Runnable action) {
    Promise<Void> done = Promise.promise();
    loop.later(
        () -> {
          action.run();
          done.complete();
        });
    await(done.future());
  }

  private Recorder ask(CallRouter router, int sequence) {
    Recorder answer = new Recorder();
    router.receive(FRAME, message("\"c\":[[" + sequence + ",\"ipc://probe/ask\"]]"), answer);
    return answer;
  }

  @ParameterizedTest
  @ValueSource(classes = {StackOverflowError.class, OutOfMemoryError.class, RuntimeException.class})
  void aFaultInReadingAMessageIsToldAndTheFramesOtherCallsGoOn(Class<? extends Throwable> fault)
      throws ReflectiveOperationException {
    Throwable thrown = fault.getConstructor(String.class).newInstance("made up");
    CallRouter healthy = new CallRouter(loop, dispatcher, documents, FileLane.NONE);
    CallRouter broken =
        new CallRouter(
            loop,
            dispatcher,
            documents,
            FileLane.NONE,
            text -> {
              if (thrown instanceof Error error) {
                throw error;
              }
              throw (RuntimeException) thrown;
            });
    Recorder before = ask(healthy, 1);
    Recorder answer = ask(broken, 2);
    assertEquals(CallLane.FAULT, answer.failure());
    Recorder after = ask(healthy, 3);
    onLoop(() -> asked.forEach(one -> one.complete(new Reply.Data("fine"))));
    assertEquals("{\"r\":[[1,0,\"fine\"]]}", before.text());
    assertEquals("{\"r\":[[3,0,\"fine\"]]}", after.text());
  }

  @Test
  void aDeadQueryKeepsNobodyElseFromAnAnswer() {
    CallRouter router = new CallRouter(loop, dispatcher, documents, FileLane.NONE);
    Dead dead = new Dead();
    router.receive(FRAME, message("\"c\":[[1,\"ipc://probe/ask\"]]"), dead);
    Recorder alive = ask(router, 2);
    onLoop(() -> asked.forEach(one -> one.complete(new Reply.Data("fine"))));
    assertEquals("{\"r\":[[2,0,\"fine\"]]}", alive.text());
    assertEquals(1, dead.tried.get());
    assertEquals(0, document.calls.size());
  }

  @Test
  void aParkedQueryThatIsDeadPassesItsMessageOn() {
    CallRouter router = new CallRouter(loop, dispatcher, documents, FileLane.NONE);
    Dead dead = new Dead();
    Recorder alive = new Recorder();
    router.receive(FRAME, message("\"o\":1"), dead);
    router.receive(FRAME, message("\"o\":1"), alive);
    onLoop(() -> document.outbox.event("[\"late\",1]"));
    assertEquals("{\"e\":[[\"late\",1]]}", alive.text());
    assertEquals(1, dead.tried.get());
  }

  @Test
  void aParkedQueryThatChromiumCancelledIsNotUsed() {
    CallRouter router = new CallRouter(loop, dispatcher, documents, FileLane.NONE);
    Recorder cancelled = new Recorder();
    Recorder alive = new Recorder();
    Cancellation cancel = router.receive(FRAME, message("\"o\":1"), cancelled);
    router.receive(FRAME, message("\"o\":1"), alive);
    cancel.cancel();
    cancel.cancel();
    onLoop(() -> document.outbox.event("[\"late\",1]"));
    assertEquals("{\"e\":[[\"late\",1]]}", alive.text());
    assertTrue(cancelled.texts.isEmpty() && cancelled.failures.isEmpty());
  }

  @Test
  void atTheEndEveryQueryThatIsLeftFailsThoughSomeAreDead() {
    CallRouter router = new CallRouter(loop, dispatcher, documents, FileLane.NONE);
    Dead parked = new Dead();
    Dead called = new Dead();
    Recorder alive = new Recorder();
    router.receive(FRAME, message("\"o\":1"), parked);
    router.receive(FRAME, message("\"c\":[[1,\"ipc://probe/ask\"]]"), called);
    router.receive(FRAME, message("\"o\":1"), alive);
    onLoop(document.outbox::clear);
    assertEquals(CallLane.NO_BRIDGE, alive.failure());
    assertEquals(1, parked.tried.get());
    assertEquals(1, called.tried.get());
  }

  @Test
  void afterTheEndAMessageIsRefusedAndACancelDoesNothing() {
    Vertx ending = Vertx.vertx();
    CallRouter router = new CallRouter(new Loop(ending), dispatcher, documents, FileLane.NONE);
    Cancellation cancel = router.receive(FRAME, message("\"o\":1"), new Recorder());
    await(ending.close());
    Recorder late = new Recorder();
    assertSame(Cancellation.NONE, router.receive(FRAME, message("\"o\":1"), late));
    assertEquals(CallLane.NO_BRIDGE, late.failure());
    cancel.cancel();
  }
}
