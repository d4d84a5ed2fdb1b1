package dev.dunlin.shell.resources;

import static dev.dunlin.shell.resources.Fixture.ORIGIN;
import static dev.dunlin.shell.resources.Fixture.POLICY;
import static dev.dunlin.shell.resources.Fixture.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.dunlin.bridge.Limits;
import dev.dunlin.bridge.spi.ByteSource;
import dev.dunlin.scheduler.Threads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DevServerResourcesTest {
  private static final Duration SOON = Duration.ofMillis(300);

  @TempDir Path root;
  private Fixture app;
  private HttpServer server;
  private ExecutorService threads;
  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private volatile HttpHandler handler = exchange -> send(exchange, 200, "text/plain", "hello");

  /** One request as the server got it. */
  private record Seen(String method, String target, Map<String, String> headers, byte[] body) {}

  @BeforeEach
  void aServer() throws IOException {
    app = new Fixture(root).file("index.html", "from the folder");
    threads = Threads.pool("test-server", 4, 100);
    server = listen(InetAddress.getByName("127.0.0.1"), 0);
  }

  private HttpServer listen(InetAddress address, int port) throws IOException {
    HttpServer made = HttpServer.create(new InetSocketAddress(address, port), 0);
    made.setExecutor(threads);
    made.createContext(
        "/",
        exchange -> {
          Map<String, String> headers = new HashMap<>();
          exchange
              .getRequestHeaders()
              .forEach(
                  (name, values) -> headers.put(name.toLowerCase(), String.join(", ", values)));
          seen.add(
              new Seen(
                  exchange.getRequestMethod(),
                  exchange.getRequestURI().toString(),
                  headers,
                  exchange.getRequestBody().readAllBytes()));
          handler.handle(exchange);
        });
    made.start();
    return made;
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  private int port() {
    return server.getAddress().getPort();
  }

  private DevServerResources resources(Duration limit) {
    return new DevServerResources(app.resources(), "127.0.0.1", port(), Map.of(), limit);
  }

  private ResourceResponse respond(ResourceRequest request) {
    return respond(resources(DevServerResources.ANSWER_TIME), request);
  }

  private static ResourceResponse respond(DevServerResources resources, ResourceRequest request) {
    return resources.respond(request).toCompletionStage().toCompletableFuture().join();
  }

  private static ResourceRequest navigation(String path, String... headers) {
    ResourceRequest plain = request("GET", path, headers);
    return new ResourceRequest("GET", plain.url(), plain.headers(), "", true, 3);
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    if (!type.isEmpty()) {
      exchange.getResponseHeaders().set("Content-Type", type);
    }
    boolean bodiless = exchange.getRequestMethod().equals("HEAD") || body.length == 0;
    exchange.sendResponseHeaders(status, bodiless ? -1 : body.length);
    if (!bodiless) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  private static byte[] bytes(ResourceResponse response) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[1000];
    try (ByteSource body = response.body()) {
      for (int n; (n = body.read(buffer, buffer.length)) != ByteSource.END; ) {
        if (n == ByteSource.NOT_YET) {
          CompletableFuture<Void> readable = new CompletableFuture<>();
          body.whenReadable(() -> readable.complete(null));
          readable.join();
        }
        out.write(buffer, 0, n);
      }
    }
    return out.toByteArray();
  }

  private static String text(ResourceResponse response) throws IOException {
    return new String(bytes(response), StandardCharsets.UTF_8);
  }

  // --- pages

  @Test
  void givesAPageThePolicyAndTheIdThatItsFileWouldHave() throws IOException {
    String page = "<meta http-equiv=content-security-policy content=\"img-src 'none'\">";
    handler = exchange -> send(exchange, 200, "Text/HTML", page);
    ResourceResponse fromServer = respond(navigation("/"));
    app.file("index.html", page);
    ResourceResponse fromFile = app.navigate("/");
    assertEquals(Fixture.PRELOAD + page, text(fromServer));
    assertEquals(List.of(List.of("img-src 'none'"), List.of("img-src 'none'")), app.registered);
    assertEquals("dunlin;desc=\"doc-3-1\"", fromServer.headers().get("server-timing"));
    for (String name :
        List.of(
            "content-security-policy",
            "content-type",
            "cache-control",
            "x-content-type-options",
            "content-length")) {
      assertEquals(fromFile.headers().get(name), fromServer.headers().get(name), name);
    }
  }

  @Test
  void keepsThePolicyOfSocketIniAgainstTheServers() {
    handler =
        exchange -> {
          exchange.getResponseHeaders().set("Content-Security-Policy", "default-src *");
          exchange.getResponseHeaders().set("Server-Timing", "dunlin;desc=\"forged\"");
          exchange.getResponseHeaders().set("X-Own", "the server's");
          send(exchange, 200, "text/javascript", "1");
        };
    app.extraHeaders = Map.of("X-Own", "the app's");
    ResourceResponse response = respond(request("GET", "/app.js"));
    assertEquals(POLICY, response.headers().get("content-security-policy"));
    assertNull(response.headers().get("server-timing"));
    assertEquals("the app's", response.headers().get("x-own"));
  }

  @Test
  void givesAnIdToAnErrorPageOfTheServerToo() throws IOException {
    handler = exchange -> send(exchange, 500, "text/html", "<p>no such plugin");
    ResourceResponse response = respond(navigation("/"));
    assertEquals(500, response.status());
    assertEquals(Fixture.PRELOAD + "<p>no such plugin", text(response));
    assertEquals(1, app.registered.size());
  }

  @ParameterizedTest
  @CsvSource({
    "text/plain, text/plain",
    "application/octet-stream, application/octet-stream",
    "text/htm, text/htm",
    "x, x",
    "'', application/octet-stream",
  })
  void givesNoIdToWhatIsNotHtml(String type, String passedOn) {
    handler = exchange -> send(exchange, 200, type, "<title>page</title>");
    ResourceResponse response = respond(navigation("/"));
    assertEquals(passedOn, response.headers().get("content-type"));
    assertEquals("nosniff", response.headers().get("x-content-type-options"));
    assertNull(response.headers().get("server-timing"));
    assertEquals(List.of(), app.registered);
  }

  @Test
  void readsAPageAsTheUtf8ThatItIsShownAs() {
    handler = exchange -> send(exchange, 200, "text/html; charset=utf-16", "<title>a</title>");
    assertEquals(
        "text/html; charset=utf-8", respond(navigation("/")).headers().get("content-type"));
  }

  @Test
  void asksForAPageWithoutConditionsSinceItsIdIsNew() {
    respond(navigation("/", "If-None-Match", "\"1\"", "Range", "bytes=0-1"));
    respond(request("GET", "/app.js", "If-None-Match", "\"1\""));
    assertFalse(seen.get(0).headers().containsKey("if-none-match"));
    assertFalse(seen.get(0).headers().containsKey("range"));
    assertEquals("\"1\"", seen.get(1).headers().get("if-none-match"));
  }

  @Test
  void refusesAPageThatIsTooLargeToBeReadForItsPolicies() throws IOException {
    byte[] page = new byte[AppResources.DOCUMENT_BYTES + 1];
    Arrays.fill(page, (byte) ' ');
    handler =
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "text/html");
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(page);
          }
        };
    ResourceResponse response = respond(navigation("/"));
    assertEquals(500, response.status());
    assertTrue(text(response).contains("The page is too large"));
    assertEquals(List.of(), app.registered);
  }

  // --- the question

  @Test
  void asksAsAPageOfTheServerWould() {
    respond(
        new ResourceRequest(
            "POST",
            ORIGIN + "/save?a=1",
            Map.of(
                "Origin", ORIGIN,
                "Referer", ORIGIN + "/form",
                "Accept-Encoding", "gzip, br",
                "Connection", "keep-alive, X-Hop",
                "X-Hop", "1",
                "TE", "trailers",
                "X-Own", "1"),
            ORIGIN,
            false,
            3,
            "body".getBytes(StandardCharsets.UTF_8)));
    Seen asked = seen.get(0);
    String there = "127.0.0.1:" + port();
    assertEquals("POST", asked.method());
    assertEquals("/save?a=1", asked.target());
    assertEquals("body", new String(asked.body(), StandardCharsets.UTF_8));
    assertEquals(there, asked.headers().get("host"));
    assertEquals("http://" + there, asked.headers().get("origin"));
    assertEquals("http://" + there + "/form", asked.headers().get("referer"));
    assertEquals("identity", asked.headers().get("accept-encoding"));
    assertEquals("1", asked.headers().get("x-own"));
    assertNull(asked.headers().get("x-hop"));
    assertNull(asked.headers().get("te"));
    assertNull(asked.headers().get("upgrade"));
  }

  @Test
  void leavesAForeignOriginAsItIs() {
    respond(request("POST", "/", "Origin", ORIGIN + ".evil.test", "Referer", "https://evil.test/"));
    assertEquals(ORIGIN + ".evil.test", seen.get(0).headers().get("origin"));
    assertEquals("https://evil.test/", seen.get(0).headers().get("referer"));
  }

  @ParameterizedTest
  @CsvSource({
    "/a|b^c{d}, /a%7Cb%5Ec%7Bd%7D",
    "/@id/x?a[]=1&b=%zz, /@id/x?a%5B%5D=1&b=%25zz",
    "/%E2%82%AC%, /%E2%82%AC%25",
    "/€, /%E2%82%AC",
    "//evil.test/x, //evil.test/x",
    "/a/../b#frag, /a/../b",
    "'', /",
  })
  void passesEveryAddressOnThatChromiumSends(String url, String target) {
    respond(new ResourceRequest("GET", ORIGIN + url, Map.of(), ORIGIN, false, 3));
    assertEquals(target, seen.get(0).target());
  }

  @Test
  void answersHeadWithHeadersOnly() throws IOException {
    handler = exchange -> send(exchange, 200, "text/html", "<title>a</title>");
    ResourceRequest head = new ResourceRequest("HEAD", ORIGIN + "/", Map.of(), "", true, 3);
    ResourceResponse response = respond(head);
    assertEquals("HEAD", seen.get(0).method());
    assertEquals(0, bytes(response).length);
    assertEquals(List.of(), app.registered);
  }

  @Test
  void refusesABodyOverTheLimitAndAMethodThatIsNone() {
    byte[] longer = new byte[Limits.BODY_BYTES + 1];
    ResourceRequest tooLarge =
        new ResourceRequest("POST", ORIGIN + "/", Map.of(), ORIGIN, false, 3, longer);
    assertEquals(413, respond(tooLarge).status());
    assertEquals(502, respond(request("CONNECT", "/")).status());
    assertEquals(List.of(), seen);
  }

  // --- what the folder and the modules answer

  @Test
  void leavesModulesToDunlin() throws IOException {
    assertEquals(text(app.get("socket://fs/")), text(respond(request("GET", "socket://fs/"))));
    assertEquals(text(app.get("node://path/")), text(respond(request("GET", "node://path/"))));
    assertEquals(
        403,
        respond(
                new ResourceRequest(
                    "GET", "socket://internal/host", Map.of(), "https://evil.test", false, 3))
            .status());
    assertEquals(List.of(), seen);
  }

  @Test
  void servesTheAliasFromTheServerAndSendsItsPagesHome() throws IOException {
    ResourceResponse response = respond(request("GET", "socket://com.example.app/a.js?b=1"));
    assertEquals("hello", text(response));
    assertEquals("/a.js?b=1", seen.get(0).target());
    assertEquals(ORIGIN, response.headers().get("access-control-allow-origin"));
    ResourceResponse page = respond(navigation("socket://com.example.app/about"));
    assertEquals(307, page.status());
    assertEquals(ORIGIN + "/about", page.headers().get("location"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://com.example.app.localhost:8443/",
        "https://com.example.app.localhost.evil.test/",
        "https://evil.test/",
        "http://com.example.app.localhost/",
        "file:///etc/passwd",
        ""
      })
  void passesNothingOnThatIsNotTheApps(String url) {
    assertEquals(404, respond(new ResourceRequest("GET", url, Map.of(), "", true, 3)).status());
    assertEquals(List.of(), seen);
  }

  // --- the answer

  @Test
  void dropsWhatConcernsOneConnectionOnly() {
    handler =
        exchange -> {
          exchange.getResponseHeaders().set("Connection", "X-Hop");
          exchange.getResponseHeaders().set("X-Hop", "1");
          exchange.getResponseHeaders().set("Keep-Alive", "timeout=5");
          exchange.getResponseHeaders().set("Vary", "a");
          exchange.getResponseHeaders().add("Vary", "b");
          exchange.getResponseHeaders().set("Cache-Control", "max-age=60");
          exchange.getResponseHeaders().set("ETag", "\"1\"");
          exchange.getResponseHeaders().set("Content-Type", "text/css");
          exchange.sendResponseHeaders(200, 0);
          exchange.close();
        };
    Map<String, String> headers = respond(request("GET", "/app.css")).headers();
    for (String name : List.of("connection", "x-hop", "keep-alive", "transfer-encoding")) {
      assertNull(headers.get(name), name);
    }
    assertEquals("a, b", headers.get("vary"));
    assertEquals("max-age=60", headers.get("cache-control"));
    assertEquals("\"1\"", headers.get("etag"));
    assertEquals("text/css", headers.get("content-type"));
  }

  @Test
  void saysSoWhenTheServerCompressesAllTheSame() throws IOException {
    handler =
        exchange -> {
          exchange.getResponseHeaders().set("Content-Encoding", "gzip");
          send(exchange, 200, "text/html", "not really");
        };
    ResourceResponse response = respond(navigation("/"));
    assertEquals(502, response.status());
    assertTrue(text(response).contains("compression"));
    assertEquals(List.of(), app.registered);
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:PORT/in?a=1#b, https://com.example.app.localhost/in?a=1#b",
    "http://127.0.0.1:PORT, https://com.example.app.localhost/",
    "//127.0.0.1:PORT/in, https://com.example.app.localhost/in",
    "/in, /in",
    "in/side, in/side",
    "http://127.0.0.1/in, http://127.0.0.1/in",
    "http://127.0.0.1:PORT@evil.test/, http://127.0.0.1:PORT@evil.test/",
    "https://127.0.0.1:PORT/in, https://127.0.0.1:PORT/in",
    "https://evil.test/, https://evil.test/",
  })
  void keepsARedirectToTheServerInTheApp(String location, String passedOn) throws IOException {
    String port = String.valueOf(port());
    handler =
        exchange -> {
          exchange.getResponseHeaders().set("Location", location.replace("PORT", port));
          send(exchange, 302, "text/html", "<p>moved");
        };
    ResourceResponse response = respond(navigation("/"));
    assertEquals(302, response.status());
    assertEquals(passedOn.replace("PORT", port), response.headers().get("location"));
    assertEquals(0, bytes(response).length);
    assertEquals(List.of(), app.registered);
  }

  @Test
  void doesNotFollowARedirectLoopItself() {
    handler =
        exchange -> {
          exchange
              .getResponseHeaders()
              .set("Location", "http://127.0.0.1:" + port() + exchange.getRequestURI());
          send(exchange, 307, "", "");
        };
    ResourceResponse response = respond(navigation("/loop"));
    assertEquals(307, response.status());
    assertEquals(ORIGIN + "/loop", response.headers().get("location"));
    assertEquals(1, seen.size());
  }

  @Test
  void streamsAHugeBodyNoFasterThanItIsRead() throws IOException {
    long total = 256L << 20;
    AtomicLong written = new AtomicLong();
    handler =
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
          exchange.sendResponseHeaders(200, total);
          byte[] piece = new byte[1 << 16];
          try (OutputStream out = exchange.getResponseBody()) {
            for (long at = 0; at < total; at += piece.length) {
              Arrays.fill(piece, (byte) (at >> 16));
              out.write(piece);
              written.addAndGet(piece.length);
            }
          }
        };
    ResourceResponse response = respond(request("GET", "/huge.bin"));
    assertEquals(total, response.lengthBytes());
    byte[] buffer = new byte[1 << 16];
    long got = 0;
    while (got < total) {
      int n = response.body().read(buffer, buffer.length);
      assertTrue(n != ByteSource.END, "ended after " + got);
      if (n == ByteSource.NOT_YET) {
        CompletableFuture<Void> readable = new CompletableFuture<>();
        response.body().whenReadable(() -> readable.complete(null));
        readable.join();
      }
      for (int i = 0; i < n; i++) {
        assertEquals((byte) (got + i >> 16), buffer[i]);
      }
      got += n;
      // The sockets' own buffers are a few MiB.
      assertTrue(written.get() - got < 32 << 20, () -> "waiting: " + written.get());
    }
    int end = response.body().read(buffer, 1);
    while (end == ByteSource.NOT_YET) {
      CompletableFuture<Void> readable = new CompletableFuture<>();
      response.body().whenReadable(() -> readable.complete(null));
      readable.join();
      end = response.body().read(buffer, 1);
    }
    assertEquals(ByteSource.END, end);
  }

  @Test
  void passesEventsOnAsTheyCome() throws Exception {
    CountDownLatch read = new CountDownLatch(1);
    handler =
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write("data: 1\n\n".getBytes(StandardCharsets.UTF_8));
            out.flush();
            await(read);
            out.write("data: 2\n\n".getBytes(StandardCharsets.UTF_8));
          }
        };
    // Later than the limit of an answer, which is for its headers.
    ResourceResponse response = respond(resources(SOON), request("GET", "/events"));
    assertEquals(-1, response.lengthBytes());
    CompletableFuture<Void> readable = new CompletableFuture<>();
    response.body().whenReadable(() -> readable.complete(null));
    readable.get(10, TimeUnit.SECONDS);
    byte[] first = new byte[100];
    int length = response.body().read(first, first.length);
    assertEquals("data: 1\n\n", new String(first, 0, length, StandardCharsets.UTF_8));
    assertThrows(
        java.util.concurrent.TimeoutException.class,
        () -> {
          CompletableFuture<Void> more = new CompletableFuture<>();
          response.body().whenReadable(() -> more.complete(null));
          more.get(SOON.toMillis() * 2, TimeUnit.MILLISECONDS);
        });
    read.countDown();
    assertEquals("data: 2\n\n", text(response));
  }

  @Test
  void failsABodyThatBreaksOffRatherThanEndIt() {
    handler =
        exchange -> {
          exchange.sendResponseHeaders(200, 1000);
          exchange.getResponseBody().write(new byte[10]);
          exchange.getResponseBody().flush();
          throw new IOException("the server gives up");
        };
    ResourceResponse response = respond(request("GET", "/a.bin"));
    assertThrows(IOException.class, () -> bytes(response));
  }

  @Test
  void letsGoOfTheServerWhenTheReaderCloses() throws Exception {
    CompletableFuture<IOException> broken = new CompletableFuture<>();
    handler =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try {
            for (; ; ) {
              exchange.getResponseBody().write(new byte[1 << 16]);
            }
          } catch (IOException e) {
            broken.complete(e);
          }
        };
    ResourceResponse response = respond(request("GET", "/endless.bin"));
    response.body().close();
    assertEquals(ByteSource.END, response.body().read(new byte[1], 1));
    assertTrue(broken.get(30, TimeUnit.SECONDS) != null);
  }

  // --- faults

  @Test
  void saysThatNothingListensAndTriesThePageAgain() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    for (String host : List.of("127.0.0.1", "localhost")) {
      DevServerResources resources =
          new DevServerResources(app.resources(), host, closed, Map.of());
      ResourceResponse response = respond(resources, navigation("/about?a=1"));
      assertEquals(502, response.status());
      String page = text(response);
      assertTrue(page.contains("http://" + host + ":" + closed), page);
      assertTrue(page.contains("url=" + ORIGIN + "/about?a=1"), page);
      assertEquals(ErrorPage.POLICY, response.headers().get("content-security-policy"));
      assertFalse(text(respond(resources, request("GET", "/app.js"))).contains("<html"));
    }
    assertEquals(List.of(), app.registered);
  }

  @Test
  void findsAServerOnEitherAddressOfLocalhost() throws IOException {
    InetAddress ipv6 = InetAddress.getByName("::1");
    HttpServer other;
    try {
      other = listen(ipv6, 0);
    } catch (java.net.SocketException e) {
      org.junit.jupiter.api.Assumptions.abort("this machine has no IPv6");
      return;
    }
    try {
      DevServerResources resources =
          new DevServerResources(
              app.resources(), "localhost", other.getAddress().getPort(), Map.of());
      assertEquals("hello", text(respond(resources, request("GET", "/a.txt"))));
    } finally {
      other.stop(0);
    }
  }

  @Test
  void givesAServerUpThatDoesNotAnswer() throws IOException {
    CountDownLatch end = new CountDownLatch(1);
    handler = exchange -> await(end);
    ResourceResponse response = respond(resources(SOON), navigation("/"));
    end.countDown();
    assertEquals(504, response.status());
    assertTrue(text(response).contains("0.3 s"));
  }

  @Test
  void givesAPageUpThatDoesNotEnd() throws IOException {
    CountDownLatch end = new CountDownLatch(1);
    handler =
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "text/html");
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("<title>".getBytes(StandardCharsets.UTF_8));
          exchange.getResponseBody().flush();
          await(end);
        };
    ResourceResponse response = respond(resources(SOON), navigation("/"));
    end.countDown();
    assertEquals(504, response.status());
    assertEquals(List.of(), app.registered);
  }

  @Test
  void saysSoWhenItIsNoHttpServer() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Threads.start(
          "no-http",
          () -> {
            try (var peer = socket.accept()) {
              peer.getOutputStream().write("SSH-2.0-x\r\n".getBytes(StandardCharsets.UTF_8));
              peer.getInputStream().readNBytes(10);
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
      ResourceResponse response =
          respond(
              new DevServerResources(app.resources(), "127.0.0.1", socket.getLocalPort(), Map.of()),
              navigation("/"));
      assertEquals(502, response.status());
      assertTrue(text(response).contains("without TLS"));
    }
  }

  @Test
  void sendsTheServerItsSecretAndNotWhatAPageMakesUp() {
    List<String> heard = new CopyOnWriteArrayList<>();
    server.createContext(
        "/known",
        exchange -> {
          heard.addAll(exchange.getRequestHeaders().get("X-Dunlin-Token"));
          send(exchange, 200, "text/plain", "known");
        });
    DevServerResources knowing =
        new DevServerResources(
            app.resources(), "127.0.0.1", port(), Map.of("x-dunlin-token", "right"));
    respond(knowing, request("GET", "/known", "x-dunlin-token", "wrong"));
    assertEquals(List.of("right"), heard);
  }

  @Test
  void answersManyRequestsAtOnce() {
    List<CompletableFuture<ResourceResponse>> all = new ArrayList<>();
    DevServerResources resources = resources(DevServerResources.ANSWER_TIME);
    for (int i = 0; i < 50; i++) {
      all.add(resources.respond(request("GET", "/" + i)).toCompletionStage().toCompletableFuture());
    }
    all.forEach(
        answer -> {
          assertEquals(200, answer.join().status());
          answer.join().body().close();
        });
    assertEquals(50, seen.size());
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      assertTrue(latch.await(30, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
