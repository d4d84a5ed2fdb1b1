package dev.dunlin.shell.update;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessStarter;
import dev.dunlin.shell.update.UpdateException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpFetcherTest {
  private static final InetSocketAddress HERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @TempDir private Path folder;
  private HttpServer server;

  private String serve(HttpServer made, HttpHandler handler) {
    server = made;
    server.createContext("/", handler);
    server.start();
    return "//127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  @AfterEach
  void end() {
    server.stop(0);
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static void redirect(HttpExchange exchange, String to) throws IOException {
    exchange.getResponseHeaders().add("Location", to);
    exchange.sendResponseHeaders(302, -1);
    exchange.close();
  }

  private static String get(String address, long from) throws IOException {
    try (Fetcher.Content content = new HttpFetcher().get(URI.create(address), from)) {
      return content.from()
          + ":"
          + new String(content.bytes().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static UpdateException refused(String address) {
    return assertThrows(UpdateException.class, () -> get(address, 0));
  }

  @Test
  void goesOnFromAByteWhereTheServerDoesAndTakesTheWholeWhereItDoesNot() throws IOException {
    String at =
        "http:"
            + serve(
                HttpServer.create(HERE, 0),
                exchange -> {
                  boolean part = exchange.getRequestURI().getPath().equals("/part");
                  if (part && "bytes=3-".equals(exchange.getRequestHeaders().getFirst("Range"))) {
                    exchange.getResponseHeaders().add("Content-Range", "bytes 3-5/6");
                    answer(exchange, 206, "def");
                  } else {
                    answer(exchange, 200, "abcdef");
                  }
                });
    assertEquals("0:abcdef", get(at + "part", 0));
    assertEquals("3:def", get(at + "part", 3));
    assertEquals("0:abcdef", get(at + "whole", 3));
  }

  @Test
  void followsRedirectsButNotToWhereUpdatesMayNotComeFrom() throws IOException {
    String at =
        "http:"
            + serve(
                HttpServer.create(HERE, 0),
                exchange -> {
                  switch (exchange.getRequestURI().getPath()) {
                    case "/near" -> redirect(exchange, "/there");
                    case "/far" -> redirect(exchange, "http://updates.example.com/there");
                    case "/file" -> redirect(exchange, "file:///etc/passwd");
                    case "/circle" -> redirect(exchange, "/circle");
                    case "/there" -> answer(exchange, 200, "it");
                    default -> answer(exchange, 404, "no");
                  }
                });
    assertEquals("0:it", get(at + "near", 0));
    assertEquals(Code.URL, refused(at + "far").code());
    assertEquals(Code.URL, refused(at + "file").code());
    assertEquals(Code.NETWORK, refused(at + "circle").code());
    assertTrue(refused(at + "none").getMessage().contains("status 404"));
  }

  @Test
  void takesHttpsOnlyOfAServerThatSomebodyVouchesFor() throws Exception {
    Path store = folder.resolve("store");
    int made =
        ProcessStarter.get()
            .start(
                ProcessSpec.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-alias",
                    "a",
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=x",
                    "-ext",
                    "san=ip:127.0.0.1",
                    "-storetype",
                    "PKCS12",
                    "-storepass",
                    "secret",
                    "-keystore",
                    store.toString()))
            .compose(child -> child.exit())
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    assertEquals(0, made);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "secret".toCharArray());
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys, "secret".toCharArray());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(keys);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    HttpsServer https = HttpsServer.create(HERE, 0);
    https.setHttpsConfigurator(new HttpsConfigurator(context));
    String at = "https:" + serve(https, exchange -> answer(exchange, 200, "it"));
    assertThrows(SSLHandshakeException.class, () -> get(at, 0));
    SSLSocketFactory before = HttpsURLConnection.getDefaultSSLSocketFactory();
    HttpsURLConnection.setDefaultSSLSocketFactory(context.getSocketFactory());
    try {
      assertEquals("0:it", get(at, 0));
    } finally {
      HttpsURLConnection.setDefaultSSLSocketFactory(before);
    }
  }
}
