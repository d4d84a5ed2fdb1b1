package dev.dunlin.bridge;

import static dev.dunlin.bridge.Harness.ALL;
import static dev.dunlin.bridge.Harness.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.dunlin.bridge.Harness.Page;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Access;
import dev.dunlin.bridge.spi.Command.LastSegment;
import dev.dunlin.bridge.spi.Command.Permission;
import dev.dunlin.bridge.spi.Command.Resource;
import dev.dunlin.bridge.spi.Command.RunsOn;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Chromium does for a page is allowed to the document that the window shows, or to none. */
class CallForTest {
  private static final PolicySet STRICT = PolicySet.of(List.of("connect-src ipc://other/"));

  @TempDir Path folder;

  private final Harness harness = new Harness(new Saver());

  private static final class Saver implements CommandModule {
    @Override
    public String name() {
      return "saver";
    }

    @Override
    public List<Command> commands() {
      return List.of(
          new Command(
              "save",
              new Resource.File(LastSegment.FOLLOW, call -> Access.WRITE, ""),
              Permission.POLICY,
              RunsOn.EVENT_LOOP,
              call -> Future.succeededFuture(new Reply.Data(call.caller().window()))));
    }
  }

  @AfterEach
  void close() {
    harness.close();
  }

  private String outcome(int window, String... shown) {
    return await(
        harness
            .bridge
            .callFor(
                window,
                List.of(shown),
                "saver",
                "save",
                folder.resolve("a").toString(),
                JsonNodeFactory.instance.objectNode())
            .map(reply -> "done")
            .otherwise(fault -> assertInstanceOf(BridgeError.class, fault).code()));
  }

  @Test
  void aDocumentSavesByItsOwnPolicyWhetherItHasCalledOrNot() {
    assertEquals("done", outcome(1, harness.page(1, ALL).id));
    assertEquals("ERR_ACCESS_DENIED", outcome(2, harness.page(2, STRICT).id));
    assertEquals("done", outcome(3, harness.bridge.registerDocument(3, ALL)));
    assertEquals("ERR_ACCESS_DENIED", outcome(4, harness.bridge.registerDocument(4, STRICT)));
  }

  @Test
  void aWindowThatShowsNoDocumentOfTheAppSavesNothing() {
    Page page = harness.page(1, ALL);
    assertEquals("ERR_ACCESS_DENIED", outcome(1));
    assertEquals("ERR_ACCESS_DENIED", outcome(2, page.id));
    assertEquals("ERR_ACCESS_DENIED", outcome(1, "unknown"));
    harness.bridge.documentGone(page.id);
    assertEquals("ERR_ACCESS_DENIED", outcome(1, page.id));
  }

  @Test
  void aDocumentThatIsServedToAWindowThatHasClosedIsNobodys() {
    assertEquals("done", outcome(1, harness.bridge.registerDocument(1, ALL)));
    harness.bridge.windowGone(1);
    Page late = harness.page(1, ALL);
    late.channel.failure();
    assertEquals("ERR_ACCESS_DENIED", outcome(1, late.id));
    assertEquals("done", outcome(2, harness.page(2, ALL).id));
  }

  @Test
  void ofSeveralThatItMayShowTheOneThatCalledIsItElseTheLast() {
    String first = harness.bridge.registerDocument(1, ALL);
    String last = harness.bridge.registerDocument(1, STRICT);
    assertEquals("ERR_ACCESS_DENIED", outcome(1, first, last));
    Page called = harness.page(1, ALL);
    assertEquals(1, called.call("ipc://saver/nothing", Map.of()).path(1).asInt());
    assertEquals("done", outcome(1, called.id, last));
  }
}
