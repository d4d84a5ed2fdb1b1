package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
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

  /** What is said to whoever asks; closed at once, as Chromium opens few connections to a host. */
  private static final String ANSWER =
      "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\naccess-control-allow-origin: *\r\n"
          + "access-control-allow-private-network: true\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

  /** Notes who connects and what is said first. */
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
              socket.handler(
                  bytes -> {
                    heard.add(bytes.toString("ISO-8859-1").lines().findFirst().orElse(""));
                    socket.end(Buffer.buffer(ANSWER));
                  });
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
  }

  private RunningApp open() {
    RunningApp app = APPS.start(RunningApp.Start.of(Apps.named("open")).as(account).driven());
    app.page().await("document.documentElement.dataset.ready === 'true'");
    return app;
  }

  private static void ask(Page page, String way, String url) {
    page.evaluate("void ways['" + way + "']('" + url + "')");
  }

  private static List<String> ways(Page page) {
    JsonNode names = page.evaluate("Object.keys(ways)");
    return IntStream.range(0, names.size()).mapToObj(i -> names.get(i).asText()).toList();
  }

  /** Asks the app's host by every way, and tries to go there. */
  private static void askTheAppsHost(Page page, String base) {
    for (String way : ways(page)) {
      ask(page, way, base + "/" + way);
    }
    page.evaluate("void (location.href = '" + base + "/away')");
    page.evaluate("void window.open('" + base + "/popup')");
  }

  /**
   * The twin: by each of the same ways another name of this machine is heard. It is asked later, so
   * what was asked before has had its time.
   */
  private void hearEveryWayOfAnotherHost(RunningApp app) {
    Map<String, Ear> ears = new TreeMap<>();
    Page page = app.page();
    for (String way : ways(page)) {
      Ear ear = new Ear(0);
      ears.put(way, ear);
      ask(page, way, "http://" + SIBLING + ":" + ear.port + "/" + way);
    }
    Set<String> deaf = new TreeSet<>();
    app.await(
        () -> {
          deaf.clear();
          ears.forEach(
              (way, ear) -> {
                if (ear.heard.isEmpty()) {
                  deaf.add(way);
                }
              });
          return deaf.isEmpty();
        },
        "a connection by every way; none by " + deaf,
        RunningApp.SOON);
  }

  @Test
  void nothingThatIsAskedOfTheAppsHostReachesASocketAtAPortThatIsNamed() {
    Ear forbidden = new Ear(0);
    RunningApp app = open();
    askTheAppsHost(app.page(), "https://" + HOST + ":" + forbidden.port);
    askTheAppsHost(app.page(), "http://" + HOST + ":" + forbidden.port);
    hearEveryWayOfAnotherHost(app);
    assertEquals(List.of(), List.copyOf(forbidden.heard));
  }

  @Test
  void nothingThatIsAskedOfTheAppsHostReachesASocketAtTheUsualPorts() {
    List<Ear> forbidden = new ArrayList<>();
    for (int port : new int[] {443, 80}) {
      try {
        forbidden.add(new Ear(port));
      } catch (CompletionException e) {
        Assumptions.abort(
            "can't listen at port " + port + " of this machine: " + e.getCause().getMessage());
      }
    }
    RunningApp app = open();
    askTheAppsHost(app.page(), "http://" + HOST);
    for (String way : ways(app.page())) {
      ask(app.page(), way, "https://" + HOST + "/" + way);
    }
    hearEveryWayOfAnotherHost(app);
    for (Ear ear : forbidden) {
      assertEquals(List.of(), List.copyOf(ear.heard), "port " + ear.port);
    }
  }
}
