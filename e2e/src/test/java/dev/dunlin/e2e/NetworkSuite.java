package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing that is asked of the app's own host reaches a socket, by whatever way it is asked. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.dunlin.e2e.Account#all")
class NetworkSuite {
  private static final String HOST = "dev.dunlin.e2e.open.localhost";

  /** Another name of this machine, which nothing of ours stands in front of. */
  private static final String SIBLING = "elsewhere.localhost";

  private static final List<String> LOOPBACK = List.of("127.0.0.1", "::1");

  @RegisterExtension static final Apps APPS = new Apps();

  @Parameter Account account;

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void closeServers() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  /** Notes who connects and what is said first; answers nothing. */
  private final class Ear {
    final Queue<String> heard = new ConcurrentLinkedQueue<>();
    final int port;

    Ear(int wanted) {
      int bound = wanted;
      for (String address : LOOPBACK) {
        NetServer server = vertx.createNetServer();
        server.connectHandler(
            socket -> {
              heard.add("a connection to " + address);
              socket.handler(bytes -> heard.add(bytes.toString("ISO-8859-1")));
            });
        bound =
            server
                .listen(bound, address)
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
      }
      port = bound;
    }

    boolean hasHeard(String text) {
      return heard.stream().anyMatch(line -> line.contains(text));
    }
  }

  private RunningApp open() {
    RunningApp app = APPS.start(RunningApp.Start.of(Apps.named("open")).as(account).driven());
    app.page().await("document.documentElement.dataset.ready === 'true'");
    return app;
  }

  /** Asks by every way for {@code base/<way>}; gives the names of the ways. */
  private static List<String> ask(Page page, String base) {
    JsonNode names =
        page.run(
            "for (const [name, way] of Object.entries(ways)) await way('"
                + base
                + "/' + name); return Object.keys(ways)");
    return IntStream.range(0, names.size()).mapToObj(i -> names.get(i).asText()).toList();
  }

  @Test
  void nothingThatIsAskedOfTheAppsHostReachesASocketByAnyPort() {
    Ear forbidden = new Ear(0);
    Ear control = new Ear(0);
    RunningApp app = open();
    Page page = app.page();
    for (String scheme : List.of("https", "http")) {
      ask(page, scheme + "://" + HOST + ":" + forbidden.port);
    }
    page.evaluate("void (location.href = 'https://" + HOST + ":" + forbidden.port + "/away')");
    page.evaluate("void window.open('http://" + HOST + ":" + forbidden.port + "/popup')");
    // The twin: asked later, of another name of the same machine, it is heard.
    ask(page, "http://" + SIBLING + ":" + control.port);
    app.await(() -> control.hasHeard("GET /frame "), "the frame of " + SIBLING, RunningApp.SOON);
    System.out.println(
        "CONTROL " + control.heard.stream().map(l -> l.lines().findFirst().orElse("")).toList());
    assertEquals(List.of(), List.copyOf(forbidden.heard));
  }
}
