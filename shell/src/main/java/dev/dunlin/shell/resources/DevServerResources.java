package dev.dunlin.shell.resources;

import dev.dunlin.bridge.Limits;
import io.vertx.core.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The app's origin, answered by a server that the app's author runs. Pages keep the origin, the
 * policy and the bridge that they will have as files; modules still come from {@link AppResources}.
 *
 * <p>The policy is that of {@code socket.ini} alone: one that the server sends is dropped, since
 * the app will not have that server. A page is always UTF-8, so that Chromium and Dunlin read the
 * same {@code <meta>} policies. Of several cookies that one answer sets, the last one counts.
 *
 * <p>Web sockets do not come this way: Chromium passes none of them to Dunlin. Hot replacement that
 * needs one must be told to connect to the server itself, and {@code connect-src} must name it; for
 * the server of {@code [webview] dev_command} both are done. Server-sent events do pass.
 *
 * <p><i>Thread:</i> any, several at once; never blocks. <i>Fails with:</i> nothing; a fault is an
 * error page that says what to do.
 */
public final class DevServerResources {
  /**
   * Longest time until the server's headers, and until the end of a page. Over: a 504 page that
   * tries again. Other bodies may take as long as they like.
   */
  public static final Duration ANSWER_TIME = Duration.ofSeconds(60);

  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  /** Said anew by the HTTP client, or by {@link #ask}. */
  private static final Set<String> SAID_ANEW =
      Set.of("host", "content-length", "expect", "accept-encoding", "origin", "referer");

  /** What would let a server answer a navigation without the page. */
  private static final Set<String> CONDITIONS =
      Set.of(
          "if-none-match",
          "if-modified-since",
          "if-match",
          "if-unmodified-since",
          "if-range",
          "range");

  /** Dunlin answers for these; the report-only policy would report what is no fault. */
  private static final Set<String> OWN_ANSWERS =
      Set.of(
          "content-security-policy",
          "content-security-policy-report-only",
          "content-length",
          "content-encoding",
          "server-timing",
          "x-content-type-options");

  private final AppResources app;
  private final String server;
  private final List<String> addresses;
  private final Map<String, String> secrets;
  private final Duration answerTime;
  private final HttpClient client;

  /**
   * @param app answers all that is not the app's origin
   * @param host host name or address, an IPv6 one in brackets
   * @param secrets headers, in lower case, by which the server knows us; the page's of that name
   *     are left out
   */
  public DevServerResources(AppResources app, String host, int port, Map<String, String> secrets) {
    this(app, host, port, secrets, ANSWER_TIME);
  }

  DevServerResources(
      AppResources app, String host, int port, Map<String, String> secrets, Duration answerTime) {
    this.app = app;
    this.secrets = Map.copyOf(secrets);
    this.server = "http://" + host.toLowerCase(Locale.ROOT) + ":" + port;
    // Node listens on one of the two addresses of localhost, Java tries the first only.
    this.addresses =
        host.equalsIgnoreCase("localhost")
            ? List.of(server, "http://[::1]:" + port)
            : List.of(server);
    this.answerTime = answerTime;
    this.client =
        HttpClient.newBuilder()
            // An offer of HTTP/2 is an upgrade, which dev servers take for a web socket.
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(answerTime)
            .build();
  }

  /** Answers one request. */
  public Future<ResourceResponse> respond(ResourceRequest request) {
    Optional<AppUrl> url =
        Optional.of(request.url())
            .filter(text -> text.length() <= AppResources.URL_LENGTH)
            .flatMap(AppUrl::parse)
            .filter(parsed -> app.isFile(request, parsed));
    if (url.isEmpty()) {
      return Future.succeededFuture(app.respond(request));
    }
    if (request.body().length > Limits.BODY_BYTES) {
      return Future.succeededFuture(
          ErrorPages.bodyTooLarge(url.get().path(), Limits.BODY_BYTES)
              .response(request.navigation()));
    }
    CompletableFuture<ResourceResponse> answer =
        send(request, url.get(), 0)
            .thenCompose(from -> answer(request, url.get(), from))
            .exceptionally(fault -> errorPage(request, url.get(), fault))
            .thenApply(response -> app.inAnswerTo(request, url.get(), response));
    return Future.fromCompletionStage(answer);
  }

  private String page(AppUrl url) {
    return app.origin() + url.path() + url.query();
  }

  // --- the question

  private CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> send(
      ResourceRequest request, AppUrl url, int address) {
    HttpRequest question;
    try {
      question = ask(request, url, addresses.get(address));
    } catch (IllegalArgumentException e) {
      // Such as the method CONNECT.
      return CompletableFuture.failedFuture(e);
    }
    CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> sent =
        client.sendAsync(question, BodyHandlers.ofPublisher());
    return within(answerTime, sent)
        .handle(
            (response, fault) -> {
              if (fault == null) {
                return CompletableFuture.completedFuture(response);
              }
              return cause(fault) instanceof ConnectException && address + 1 < addresses.size()
                  ? send(request, url, address + 1)
                  : CompletableFuture.<HttpResponse<Flow.Publisher<List<ByteBuffer>>>>failedFuture(
                      cause(fault));
            })
        .thenCompose(answer -> answer);
  }

  private HttpRequest ask(ResourceRequest request, AppUrl url, String address) {
    HttpRequest.Builder question =
        HttpRequest.newBuilder(
                URI.create(address + escaped(url.path(), "/") + escaped(url.query(), "")))
            .method(
                request.method(),
                request.body().length == 0
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(request.body()));
    Set<String> named = connectionNames(request.headers().getOrDefault("connection", ""));
    request
        .headers()
        .forEach(
            (name, value) -> {
              if (!HOP_BY_HOP.contains(name)
                  && !SAID_ANEW.contains(name)
                  && !secrets.containsKey(name)
                  && !named.contains(name)
                  && !(request.navigation() && CONDITIONS.contains(name))) {
                question.header(name, value);
              }
            });
    secrets.forEach(question::header);
    // What comes is passed on as it is, and Chromium decodes only what it fetched itself.
    question.header("accept-encoding", "identity");
    // To the server the page is its own: frameworks refuse a form from elsewhere.
    for (String name : List.of("origin", "referer")) {
      request.header(name).ifPresent(value -> question.header(name, there(value)));
    }
    return question.build();
  }

  private String there(String value) {
    return value.equals(app.origin()) || value.startsWith(app.origin() + "/")
        ? server + value.substring(app.origin().length())
        : value;
  }

  private static Set<String> connectionNames(String connection) {
    return Set.copyOf(List.of(connection.toLowerCase(Locale.ROOT).split("[ \\t]*,[ \\t]*")));
  }

  /** Chromium leaves characters alone that java.net.URI refuses. */
  private static String escaped(String part, String ifEmpty) {
    StringBuilder text = new StringBuilder(part.length() + 16);
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      boolean brokenEscape =
          c == '%'
              && (i + 2 >= part.length()
                  || Character.digit(part.charAt(i + 1), 16) < 0
                  || Character.digit(part.charAt(i + 2), 16) < 0);
      if (c > ' ' && c < 0x7f && "\"<>\\^`{|}[]".indexOf(c) < 0 && !brokenEscape) {
        text.append(c);
        continue;
      }
      int end = i + (Character.isSurrogate(c) && i + 1 < part.length() ? 2 : 1);
      for (byte b : part.substring(i, end).getBytes(StandardCharsets.UTF_8)) {
        text.append(String.format("%%%02X", b));
      }
      i = end - 1;
    }
    return text.isEmpty() ? ifEmpty : text.toString();
  }

  // --- the answer

  private CompletableFuture<ResourceResponse> answer(
      ResourceRequest request, AppUrl url, HttpResponse<Flow.Publisher<List<ByteBuffer>>> from) {
    PublishedBody body = new PublishedBody();
    from.body().subscribe(body);
    String encoding = from.headers().firstValue("content-encoding").orElse("identity");
    if (!encoding.equalsIgnoreCase("identity")) {
      body.close();
      return CompletableFuture.completedFuture(
          ErrorPages.devServerFault(
                  server,
                  page(url),
                  "it is encoded as " + encoding + ", although only identity was asked for",
                  "Switch compression off in the dev server.")
              .response(request.navigation()));
    }
    String name = url.path().substring(url.path().lastIndexOf('/') + 1);
    String type = from.headers().firstValue("content-type").orElseGet(() -> MimeTypes.of(name));
    long length = from.headers().firstValueAsLong("content-length").orElse(-1);
    boolean bodiless =
        request.method().equals("HEAD") || from.statusCode() == 204 || from.statusCode() == 304;
    boolean redirect =
        from.statusCode() / 100 == 3 && from.headers().firstValue("location").isPresent();
    if (request.navigation()
        && MimeTypes.isHtml(type.toLowerCase(Locale.ROOT))
        && !redirect
        && !bodiless) {
      return whole(body)
          .thenApply(
              content ->
                  content.length > AppResources.DOCUMENT_BYTES
                      ? ErrorPages.documentTooLarge(
                              url.path(),
                              Math.max(length, content.length),
                              AppResources.DOCUMENT_BYTES)
                          .response(true)
                      : app.answers()
                          .document(
                              request,
                              from.statusCode(),
                              headers(request, from, "text/html; charset=utf-8"),
                              content));
    }
    Map<String, String> headers = headers(request, from, type);
    if (bodiless || redirect) {
      body.close();
    }
    boolean empty = redirect || bodiless && !request.method().equals("HEAD");
    long lengthBytes = empty ? 0 : length;
    if (lengthBytes >= 0) {
      headers.put("content-length", String.valueOf(lengthBytes));
    }
    return CompletableFuture.completedFuture(
        new ResourceResponse(
            from.statusCode(),
            from.statusCode() == 200 ? "OK" : "Status " + from.statusCode(),
            headers,
            lengthBytes,
            bodiless || redirect ? Bodies.empty() : body));
  }

  private Map<String, String> headers(ResourceRequest request, HttpResponse<?> from, String type) {
    Map<String, String> headers = app.answers().headers(type, request.window());
    Set<String> named = connectionNames(String.join(",", from.headers().allValues("connection")));
    from.headers()
        .map()
        .forEach(
            (given, values) -> {
              String name = given.toLowerCase(Locale.ROOT);
              if (HOP_BY_HOP.contains(name)
                  || OWN_ANSWERS.contains(name)
                  || named.contains(name)
                  || name.startsWith(":")
                  || name.equals("content-type")
                  || app.isExtraHeader(name)) {
                return;
              }
              headers.put(
                  name,
                  switch (name) {
                    case "set-cookie" -> values.get(values.size() - 1);
                    case "location" -> here(values.get(0));
                    default -> String.join(", ", values);
                  });
            });
    return headers;
  }

  /**
   * A redirect to the server itself stays in the app's origin; any other is Chromium's to judge.
   */
  private String here(String location) {
    String absolute = location.startsWith("//") ? "http:" + location : location;
    return AppUrl.parse(absolute)
        .filter(url -> url.scheme().equals("http"))
        .filter(url -> isServer(url.authority()))
        .map(
            url ->
                app.origin()
                    + (url.path().isEmpty() ? "/" : url.path())
                    + url.query()
                    + fragment(location))
        .orElse(location);
  }

  private boolean isServer(String authority) {
    String given = "http://" + (authority.matches(".*:[0-9]+") ? authority : authority + ":80");
    return given.equals(server) || addresses.contains(given);
  }

  private static String fragment(String location) {
    int at = location.indexOf('#');
    return at < 0 ? "" : location.substring(at);
  }

  /** The whole body, or one byte more than a document may have. */
  private CompletableFuture<byte[]> whole(PublishedBody body) {
    CompletableFuture<byte[]> done = new CompletableFuture<>();
    read(body, new ByteArrayOutputStream(), new byte[1 << 14], done);
    return within(answerTime, done).whenComplete((content, fault) -> body.close());
  }

  private static void read(
      PublishedBody body,
      ByteArrayOutputStream into,
      byte[] buffer,
      CompletableFuture<byte[]> done) {
    try {
      int count = body.read(buffer, buffer.length);
      while (count > 0 && into.size() <= AppResources.DOCUMENT_BYTES) {
        into.write(buffer, 0, count);
        count = body.read(buffer, buffer.length);
      }
      if (count == PublishedBody.NOT_YET) {
        body.whenReadable(() -> read(body, into, buffer, done));
      } else {
        done.complete(into.toByteArray());
      }
    } catch (IOException e) {
      done.completeExceptionally(e);
    }
  }

  // --- faults

  /** What is late is given up: cancelling ends the request. */
  private static <T> CompletableFuture<T> within(Duration limit, CompletableFuture<T> task) {
    return task.copy()
        .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete(
            (done, fault) -> {
              if (fault instanceof TimeoutException) {
                task.cancel(true);
              }
            });
  }

  private ResourceResponse errorPage(ResourceRequest request, AppUrl url, Throwable fault) {
    Throwable cause = cause(fault);
    ErrorPage page;
    if (cause instanceof TimeoutException || cause instanceof HttpTimeoutException) {
      page = ErrorPages.devServerSlow(server, page(url), answerTime);
    } else if (cause instanceof ConnectException) {
      page = ErrorPages.devServerClosed(server, page(url));
    } else {
      page =
          ErrorPages.devServerFault(
              server,
              page(url),
              String.valueOf(cause.getMessage()),
              "Check that --host and --port name an HTTP server without TLS, and look at its"
                  + " output.");
    }
    return page.response(request.navigation());
  }

  private static Throwable cause(Throwable fault) {
    return fault instanceof CompletionException && fault.getCause() != null
        ? fault.getCause()
        : fault;
  }
}
