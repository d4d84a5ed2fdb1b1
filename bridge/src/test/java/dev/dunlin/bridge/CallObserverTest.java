package dev.dunlin.bridge;

import static dev.dunlin.bridge.Harness.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dunlin.bridge.Harness.Page;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call.Lane;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Permission;
import dev.dunlin.bridge.spi.Command.Resource;
import dev.dunlin.bridge.spi.Command.RunsOn;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Inspectable;
import dev.dunlin.bridge.spi.Reply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a person who watches the app is told of its calls and of what is open. */
class CallObserverTest {
  private final Harness harness = new Harness(new Things());
  private final AtomicInteger asked = new AtomicInteger();
  private final Promise<Reply> later = Promise.promise();
  private final Noted noted = new Noted();

  private record Ended(String command, CallObserver.Way way, String code) {}

  private static final class Noted implements CallObserver {
    final BlockingQueue<Ended> ended = new LinkedBlockingQueue<>();
    final AtomicInteger begun = new AtomicInteger();

    @Override
    public long began() {
      return begun.incrementAndGet();
    }

    @Override
    public void ended(long mark, String command, Way way, long bytes, Optional<BridgeError> fault) {
      ended.add(new Ended(command, way, fault.map(BridgeError::code).orElse("")));
    }

    Ended next() throws InterruptedException {
      return ended.poll(30, TimeUnit.SECONDS);
    }
  }

  private final class Things implements CommandModule, Inspectable {
    @Override
    public String name() {
      return "some_things";
    }

    private Command command(
        String name, Resource resource, RunsOn runsOn, Command.Handler handler) {
      return new Command(name, resource, Permission.POLICY, runsOn, handler);
    }

    @Override
    public List<Command> commands() {
      Resource none = new Resource.None();
      Future<Reply> nothing = Future.succeededFuture(Reply.NOTHING);
      return List.of(
          command("now", none, RunsOn.ARRIVAL, call -> nothing),
          command("brief", none, RunsOn.BRIEF, call -> nothing),
          command("later", none, RunsOn.EVENT_LOOP, call -> later.future()),
          command(
              "fault",
              none,
              RunsOn.WORKER,
              call -> {
                throw new IllegalStateException("bug");
              }),
          command("use", new Resource.Handle(), RunsOn.EVENT_LOOP, call -> nothing),
          command(
              "open",
              none,
              RunsOn.WORKER,
              call -> Future.succeededFuture(new Reply.Data(call.register(new Thing()).value()))));
    }

    @Override
    public Future<Map<String, Object>> inspect() {
      asked.incrementAndGet();
      return Future.succeededFuture(Map.of("kind", "module"));
    }
  }

  private static final class Thing implements Inspectable, AutoCloseable {
    @Override
    public Future<Map<String, Object>> inspect() {
      return Future.succeededFuture(Map.of("kind", "thing"));
    }

    @Override
    public void close() {}
  }

  @AfterEach
  void close() {
    harness.close();
  }

  @Test
  void hearsOfEveryCallOnceByWhicheverWayItIsAnswered() throws InterruptedException {
    Page page = harness.page(1, Harness.ALL);
    harness.bridge.observe(noted);
    String handle = page.data("ipc://some-things/open", Map.of()).asText();
    assertEquals(new Ended("some-things/open", CallObserver.Way.CALL, ""), noted.next());
    page.data("ipc://handle/some-things/use/" + handle, Map.of());
    assertEquals(new Ended("handle/some-things/use", CallObserver.Way.CALL, ""), noted.next());
    page.data("ipc://some-things/now", Map.of());
    assertEquals(new Ended("some-things/now", CallObserver.Way.CALL, ""), noted.next());
    page.data("ipc://some-things/brief", Map.of());
    assertEquals(new Ended("some-things/brief", CallObserver.Way.CALL, ""), noted.next());
    page.get("ipc://some-things/now");
    assertEquals(new Ended("some-things/now", CallObserver.Way.STREAM, ""), noted.next());
    page.error("ipc://some-things/fault", Map.of());
    assertEquals(
        new Ended("some-things/fault", CallObserver.Way.CALL, "ERR_INTERNAL"), noted.next());
    page.error("ipc://some-things/nothing", Map.of());
    assertEquals(new Ended("", CallObserver.Way.CALL, "ERR_UNKNOWN_COMMAND"), noted.next());
    Page poor = harness.page(2, PolicySet.of(List.of("connect-src ipc://other")));
    poor.error("ipc://some-things/now", Map.of());
    assertEquals(
        new Ended("some-things/now", CallObserver.Way.CALL, "ERR_ACCESS_DENIED"), noted.next());
    assertEquals(0, noted.ended.size());
    assertEquals(8, noted.begun.get());
  }

  @Test
  void hearsNothingBeforeAndAfter() throws InterruptedException {
    Page page = harness.page(1, Harness.ALL);
    page.data("ipc://some-things/now", Map.of());
    harness.bridge.observe(noted);
    page.data("ipc://some-things/brief", Map.of());
    assertEquals("some-things/brief", noted.next().command());
    harness.bridge.observe(CallObserver.NONE);
    page.data("ipc://some-things/now", Map.of());
    page.get("ipc://some-things/brief");
    assertEquals(0, noted.ended.size());
    assertEquals(1, noted.begun.get());
    // Nobody has asked how things are: they were not.
    assertEquals(0, asked.get());
  }

  @Test
  void tellsWhatWaitsAndWhatIsOpen() {
    Page page = harness.page(1, Harness.ALL);
    page.data("ipc://some-things/open", Map.of());
    page.send(
        "{\"d\":\"" + page.id + "\",\"c\":[[77,\"ipc://some-things/later\"]]}",
        new Harness.Recorder());
    BridgeState state = await(harness.bridge.state());
    assertEquals(Map.of(Lane.CALL, 1), state.inFlight());
    assertEquals(Map.of("some-things", 1), state.open());
    assertEquals(
        List.of(
            new BridgeState.Thing(BridgeState.APP, "some-things", Map.of("kind", "module")),
            new BridgeState.Thing(1, "some-things", Map.of("kind", "thing"))),
        state.things());
    later.complete(Reply.NOTHING);
  }

  @Test
  void tellsOfSoManyThingsAndNoMore() {
    Page page = harness.page(1, Harness.ALL);
    for (int i = 0; i < BridgeState.THINGS + 3; i++) {
      page.data("ipc://some-things/open", Map.of());
    }
    BridgeState state = await(harness.bridge.state());
    assertEquals(BridgeState.THINGS, state.things().size());
    assertEquals(Map.of("some-things", BridgeState.THINGS + 3), state.open());
  }
}
