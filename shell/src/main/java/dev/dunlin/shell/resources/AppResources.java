package dev.dunlin.shell.resources;

import static java.time.temporal.ChronoField.DAY_OF_MONTH;
import static java.time.temporal.ChronoField.DAY_OF_WEEK;
import static java.time.temporal.ChronoField.HOUR_OF_DAY;
import static java.time.temporal.ChronoField.MINUTE_OF_HOUR;
import static java.time.temporal.ChronoField.MONTH_OF_YEAR;
import static java.time.temporal.ChronoField.SECOND_OF_MINUTE;
import static java.time.temporal.ChronoField.YEAR;

import dev.dunlin.bridge.JsonValues;
import dev.dunlin.bridge.Limits;
import dev.dunlin.bridge.spi.ByteSource;
import dev.dunlin.shell.resources.ResourceSource.Found;
import dev.dunlin.shell.update.AlteredException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * Answers for the app's own origin, {@code https://<bundle id>.localhost}, for its alias {@code
 * socket://<bundle id>/}, and for the modules {@code socket:}, {@code node:} and {@code npm:}.
 *
 * <p>Every file of the app is sent with the app's policy, not HTML alone: a worker and an SVG image
 * opened as a page take theirs from it too. {@code nosniff} is sent because the table of types
 * decides what runs. No {@code referrer-policy} is sent: Chromium's default already keeps paths
 * from others, and embedded maps and players check the origin that it does send. No cross-origin
 * isolation: it would break frames of other sites.
 *
 * <p><i>Thread:</i> any, several at once; blocks on local files. <i>Fails with:</i> nothing; a
 * fault is a 500 with a page that names it.
 */
public final class AppResources {
  /** Largest HTML page shown as a document. Over: a 500 page; its policies cannot be read. */
  public static final int DOCUMENT_BYTES = 16 << 20;

  /**
   * Files up to this size are read at once and their ETag is a hash of their content. Over: it is
   * made of size, time and file number, and the file is streamed.
   */
  public static final int HASHED_BYTES = 256 << 10;

  /** Longest URL. Over: 414. */
  public static final int URL_LENGTH = Limits.URL_LENGTH;

  /** Longest module name. Over: there is no such module. */
  public static final int MODULE_NAME_LENGTH = 128;

  /** Headers that {@code [webview] headers[]} may not set: Dunlin answers for their truth. */
  public static final Set<String> OWN_HEADERS =
      Set.of(
          "content-security-policy",
          "content-length",
          "content-range",
          "content-encoding",
          "transfer-encoding",
          "etag",
          "last-modified",
          "accept-ranges",
          "location",
          "server-timing");

  /** A function of the host's facts: what a page has before its own scripts run. */
  private static final String PRELOAD = preload();

  private static final HexFormat HEX = HexFormat.of();

  private static final Pattern ETAG = Pattern.compile("(W/)?(\"[^\"]*\")");
  private static final String ALLOW = "GET, HEAD, OPTIONS";

  /** RFC 9110, 5.6.7. With names of its own: those of a locale take long to load. */
  private static final DateTimeFormatter HTTP_DATE =
      new DateTimeFormatterBuilder()
          .appendText(DAY_OF_WEEK, names("Mon Tue Wed Thu Fri Sat Sun"))
          .appendLiteral(", ")
          .appendValue(DAY_OF_MONTH, 2)
          .appendLiteral(' ')
          .appendText(MONTH_OF_YEAR, names("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"))
          .appendLiteral(' ')
          .appendValue(YEAR, 4)
          .appendLiteral(' ')
          .appendValue(HOUR_OF_DAY, 2)
          .appendLiteral(':')
          .appendValue(MINUTE_OF_HOUR, 2)
          .appendLiteral(':')
          .appendValue(SECOND_OF_MINUTE, 2)
          .appendLiteral(" GMT")
          .toFormatter(Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Settings settings;
  private final ResourceSource source;
  private final Modules modules;
  private final NpmPackages npm;
  private final AppAnswers answers;
  private final HostFacts hostFacts;
  private final String host;
  private final String bundle;

  /**
   * What the composition root takes from {@code socket.ini}.
   *
   * @param bundleIdentifier such as {@code dev.dunlin.tour}
   * @param defaultIndex path of the page for {@code /}; empty for {@code index.html}
   * @param contentSecurityPolicy the effective policy, {@code $NAMES} expanded; may be empty
   * @param extraHeaders {@code [webview] headers[]}, sent with every file of the app
   */
  public record Settings(
      String bundleIdentifier,
      String defaultIndex,
      String contentSecurityPolicy,
      Map<String, String> extraHeaders) {

    public Settings {
      Map<String, String> lower = new TreeMap<>();
      extraHeaders.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
      for (Map.Entry<String, String> header : lower.entrySet()) {
        if (OWN_HEADERS.contains(header.getKey())) {
          throw new IllegalArgumentException(
              "[webview] headers[] may not set "
                  + header.getKey()
                  + (header.getKey().equals("content-security-policy")
                      ? ": write it as policy[] lines in the [security] section"
                      : ": Dunlin sets it"));
        }
        if (!header.getKey().matches("[!#$%&'*+.^_`|~0-9a-z-]+")
            || !isHeaderValue(header.getValue())) {
          throw new IllegalArgumentException(
              "[webview] headers[] has a line that is no HTTP header: "
                  + header.getKey()
                  + ": "
                  + header.getValue());
        }
      }
      extraHeaders = Map.copyOf(lower);
    }
  }

  /** Whether this can stand behind the name of an HTTP header: printable ASCII. */
  public static boolean isHeaderValue(String text) {
    return text.matches("[\\x20-\\x7e]*");
  }

  public AppResources(
      Settings settings,
      ResourceSource source,
      Modules modules,
      DocumentRegistrar registrar,
      HostFacts hostFacts) {
    this.settings = settings;
    this.source = source;
    this.modules = modules;
    this.npm = new NpmPackages(source, name -> modules.node(name).isPresent());
    this.answers = new AppAnswers(settings, registrar);
    this.hostFacts = hostFacts;
    this.bundle = settings.bundleIdentifier().toLowerCase(Locale.ROOT);
    this.host = bundle + ".localhost";
  }

  private static String preload() {
    try (InputStream in = AppResources.class.getResourceAsStream("preload.js")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The app's origin, such as {@code https://dev.dunlin.tour.localhost}. */
  public String origin() {
    return "https://" + host;
  }

  /** What a dev server's answers carry as well. */
  AppAnswers answers() {
    return answers;
  }

  /** Whether {@code [webview] headers[]} sets this header; its name in lower case. */
  boolean isExtraHeader(String name) {
    return settings.extraHeaders().containsKey(name);
  }

  /**
   * Whether the answer would be a file of the app, and not a module, an error or a redirect to the
   * app's origin.
   */
  boolean isFile(ResourceRequest request, AppUrl url) {
    return url.scheme().equals("https") && url.authority().equals(host)
        || url.scheme().equals("socket") && url.authority().equals(bundle) && !request.navigation();
  }

  /** The response as the alias, or the app's origin, gives it. */
  ResourceResponse inAnswerTo(ResourceRequest request, AppUrl url, ResourceResponse response) {
    return url.scheme().equals("socket") ? asAlias(request, response) : response;
  }

  /** Answers one request. */
  public ResourceResponse respond(ResourceRequest request) {
    if (request.url().length() > URL_LENGTH) {
      return ErrorPages.tooLong(URL_LENGTH).response(request.navigation());
    }
    AppUrl url = AppUrl.parse(request.url()).orElseGet(() -> new AppUrl("", "", request.url(), ""));
    ResourceResponse response =
        switch (url.scheme()) {
          case "https" ->
              url.authority().equals(host)
                  ? file(request, url)
                  : ErrorPages.elsewhere(request.url()).response(request.navigation());
          case "socket" ->
              url.authority().equals(bundle) ? alias(request, url) : module(request, url);
          case "node", "npm" -> module(request, url);
          default -> ErrorPages.elsewhere(request.url()).response(request.navigation());
        };
    return request.method().equals("HEAD") ? withoutBody(response) : response;
  }

  // --- files of the app

  /** The alias is another origin, so a document must come from the real one to have a bridge. */
  private ResourceResponse alias(ResourceRequest request, AppUrl url) {
    if (request.navigation()) {
      return redirect(307, "Temporary Redirect", url.path(), url.query());
    }
    return asAlias(request, file(request, url));
  }

  private ResourceResponse asAlias(ResourceRequest request, ResourceResponse response) {
    Map<String, String> headers = new TreeMap<>(response.headers());
    headers.put("access-control-allow-origin", origin());
    headers.put("access-control-expose-headers", "*");
    if (request.method().equals("OPTIONS")) {
      headers.put("access-control-allow-methods", ALLOW);
      headers.put("access-control-allow-headers", "*");
    }
    return new ResourceResponse(
        response.status(), response.statusText(), headers, response.lengthBytes(), response.body());
  }

  private ResourceResponse file(ResourceRequest request, AppUrl url) {
    boolean navigation = request.navigation();
    Optional<ResourceResponse> refusedMethod = method(request, url.path());
    if (refusedMethod.isPresent()) {
      return refusedMethod.get();
    }
    try {
      AppPath path = AppPath.parse(url.path());
      if (path instanceof AppPath.Refused refused) {
        return ErrorPages.refused(refused.status(), url.path(), refused.why()).response(navigation);
      }
      return resolve(request, url, (AppPath.Names) path);
    } catch (AlteredException e) {
      return ErrorPages.altered(url.path(), e.file().toString(), e.why()).response(navigation);
    } catch (AccessDeniedException e) {
      return ErrorPages.unreadable(url.path(), String.valueOf(e.getFile())).response(navigation);
    } catch (IOException e) {
      return ErrorPages.fault(url.path(), e.toString()).response(navigation);
    }
  }

  private Optional<ResourceResponse> method(ResourceRequest request, String path) {
    return switch (request.method()) {
      case "GET", "HEAD" -> Optional.empty();
      case "OPTIONS" ->
          Optional.of(
              new ResourceResponse(204, "No Content", Map.of("allow", ALLOW), 0, Bodies.empty()));
      default -> {
        ResourceResponse page =
            ErrorPages.method(request.method(), path).response(request.navigation());
        Map<String, String> headers = new TreeMap<>(page.headers());
        headers.put("allow", ALLOW);
        yield Optional.of(
            new ResourceResponse(
                page.status(), page.statusText(), headers, page.lengthBytes(), page.body()));
      }
    };
  }

  private ResourceResponse resolve(ResourceRequest request, AppUrl url, AppPath.Names path)
      throws IOException {
    List<String> names = path.segments();
    if (path.directory()) {
      return index(request, url, names);
    }
    Found found = source.find(names);
    if (found instanceof Found.Directory) {
      return redirect(301, "Moved Permanently", url.path() + "/", url.query());
    }
    if (found instanceof Found.Missing) {
      Found page = source.find(lastPlus(names, ".html"));
      if (page instanceof Found.File file) {
        return send(request, url, file, lastPlus(names, ".html"));
      }
    }
    return answer(request, url, found, names);
  }

  private ResourceResponse index(ResourceRequest request, AppUrl url, List<String> names)
      throws IOException {
    List<String> index = new ArrayList<>(names);
    if (names.isEmpty() && !settings.defaultIndex().isEmpty()) {
      Arrays.stream(settings.defaultIndex().split("/"))
          .filter(name -> !name.isEmpty())
          .forEach(index::add);
    } else {
      index.add("index.html");
    }
    Found found = source.find(index);
    if (found instanceof Found.Missing missing) {
      return ErrorPages.noIndex(url.path().isEmpty() ? "/" : url.path(), missing.lookedFor())
          .response(request.navigation());
    }
    return answer(request, url, found, index);
  }

  private ResourceResponse answer(
      ResourceRequest request, AppUrl url, Found found, List<String> names) throws IOException {
    if (found instanceof Found.File file) {
      return send(request, url, file, names);
    }
    ErrorPage page;
    if (found instanceof Found.Missing missing) {
      page = ErrorPages.notFound(url.path(), missing.lookedFor(), missing.why());
    } else if (found instanceof Found.Unreadable unreadable) {
      page = ErrorPages.unreadable(url.path(), unreadable.lookedFor());
    } else if (found instanceof Found.Gone gone) {
      page = ErrorPages.folderGone(gone.root());
    } else {
      page = ErrorPages.noIndex(url.path(), String.join("/", names));
    }
    return page.response(request.navigation());
  }

  private ResourceResponse send(
      ResourceRequest request, AppUrl url, Found.File file, List<String> names) throws IOException {
    String type =
        MimeTypes.of(
            NpmPackages.isJsonModule(names, url.query()) ? ".js" : names.get(names.size() - 1));
    Map<String, String> headers = answers.headers(type, request.window());
    headers.put("content-location", contentLocation(names));
    if (request.navigation() && MimeTypes.isHtml(type)) {
      return document(request, url, file, headers);
    }
    headers.put("accept-ranges", "bytes");
    headers.put("last-modified", HTTP_DATE.format(file.modified()));
    boolean ofPackage =
        NpmPackages.isScript(names, url.query()) && file.sizeBytes() <= NpmPackages.SCRIPT_BYTES;
    if (ofPackage || file.sizeBytes() <= HASHED_BYTES) {
      int most = ofPackage ? NpmPackages.SCRIPT_BYTES : HASHED_BYTES;
      byte[] read = readAll(file, most);
      if (read.length <= most) {
        byte[] content =
            ofPackage
                ? npm.script(names, new String(read, StandardCharsets.UTF_8), url.query())
                    .getBytes(StandardCharsets.UTF_8)
                : read;
        headers.put("etag", "\"" + digest(content) + "\"");
        return conditional(
            request,
            headers,
            file.modified(),
            content.length,
            (offset, length) ->
                ByteSource.of(content, Math.toIntExact(offset), Math.toIntExact(length)));
      }
    }
    String version = file.sizeBytes() + " " + file.modified() + " " + file.identity();
    headers.put("etag", "\"" + digest(version.getBytes(StandardCharsets.UTF_8)) + "\"");
    return conditional(
        request,
        headers,
        file.modified(),
        file.sizeBytes(),
        (offset, length) -> {
          SeekableByteChannel channel = file.opener().open();
          try {
            return Bodies.of(channel, offset, length);
          } catch (IOException e) {
            channel.close();
            throw e;
          }
        });
  }

  private ResourceResponse document(
      ResourceRequest request, AppUrl url, Found.File file, Map<String, String> headers)
      throws IOException {
    byte[] content =
        file.sizeBytes() > DOCUMENT_BYTES ? new byte[0] : readAll(file, DOCUMENT_BYTES);
    if (file.sizeBytes() > DOCUMENT_BYTES || content.length > DOCUMENT_BYTES) {
      return ErrorPages.documentTooLarge(url.path(), file.sizeBytes(), DOCUMENT_BYTES)
          .response(true);
    }
    return answers.document(request, 200, headers, content);
  }

  /** Opens part of a content. */
  @FunctionalInterface
  private interface Part {
    ByteSource open(long offset, long length) throws IOException;
  }

  /** RFC 9110, 13.2.2: the preconditions, then the range. */
  private static ResourceResponse conditional(
      ResourceRequest request,
      Map<String, String> headers,
      Instant modified,
      long sizeBytes,
      Part part)
      throws IOException {
    String etag = headers.get("etag");
    boolean unchanged =
        request
            .header("if-none-match")
            .map(value -> matches(value, etag))
            .orElseGet(
                () ->
                    request.header("if-modified-since").map(v -> since(v, modified)).orElse(false));
    if (unchanged) {
      headers.remove("content-type");
      return new ResourceResponse(304, "Not Modified", headers, 0, Bodies.empty());
    }
    ByteRange range =
        request
            .header("range")
            .filter(value -> request.method().equals("GET"))
            .filter(
                value ->
                    request.header("if-range").map(v -> isSame(v, etag, modified)).orElse(true))
            .map(value -> ByteRange.parse(value, sizeBytes))
            .orElseGet(ByteRange.Whole::new);
    if (range instanceof ByteRange.Unsatisfiable) {
      headers.put("content-range", "bytes */" + sizeBytes);
      headers.put("content-length", "0");
      return new ResourceResponse(416, "Range Not Satisfiable", headers, 0, Bodies.empty());
    }
    if (range instanceof ByteRange.Part slice) {
      long last = slice.offset() + slice.length() - 1;
      headers.put("content-range", "bytes " + slice.offset() + "-" + last + "/" + sizeBytes);
      headers.put("content-length", String.valueOf(slice.length()));
      return new ResourceResponse(
          206,
          "Partial Content",
          headers,
          slice.length(),
          part.open(slice.offset(), slice.length()));
    }
    headers.put("content-length", String.valueOf(sizeBytes));
    ByteSource body = request.method().equals("HEAD") ? Bodies.empty() : part.open(0, sizeBytes);
    return new ResourceResponse(200, "OK", headers, sizeBytes, body);
  }

  private static boolean matches(String ifNoneMatch, String etag) {
    if (ifNoneMatch.trim().equals("*")) {
      return true;
    }
    Matcher m = ETAG.matcher(ifNoneMatch);
    while (m.find()) {
      if (m.group(2).equals(etag)) {
        return true;
      }
    }
    return false;
  }

  /** If-Range: the strong tag, or the exact time, that the page got before. */
  private static boolean isSame(String ifRange, String etag, Instant modified) {
    return ifRange.trim().equals(etag) || ifRange.trim().equals(HTTP_DATE.format(modified));
  }

  private static boolean since(String ifModifiedSince, Instant modified) {
    try {
      Instant date =
          Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(ifModifiedSince.trim()));
      return !modified.truncatedTo(ChronoUnit.SECONDS).isAfter(date);
    } catch (DateTimeParseException e) {
      return false; // RFC 9110, 13.1.3: a date that cannot be read is as good as none
    }
  }

  private static Map<Long, String> names(String all) {
    Map<Long, String> names = new HashMap<>();
    for (String name : all.split(" ")) {
      names.put(names.size() + 1L, name);
    }
    return names;
  }

  private ResourceResponse redirect(int status, String reason, String path, String query) {
    Map<String, String> headers = new TreeMap<>();
    headers.put("location", origin() + path + query);
    headers.put("content-length", "0");
    headers.put("cache-control", "no-cache");
    return new ResourceResponse(status, reason, headers, 0, Bodies.empty());
  }

  private static List<String> lastPlus(List<String> names, String suffix) {
    List<String> changed = new ArrayList<>(names);
    changed.set(names.size() - 1, names.get(names.size() - 1) + suffix);
    return changed;
  }

  private static String contentLocation(List<String> names) {
    StringBuilder path = new StringBuilder();
    for (String name : names) {
      path.append('/');
      for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
        boolean plain = b > ' ' && b < 0x7f && "%#?[]\"<>\\^`{|}".indexOf(b) < 0;
        path.append(plain ? String.valueOf((char) b) : String.format("%%%02X", b));
      }
    }
    return path.toString();
  }

  /** Up to one byte more than {@code limit}, so that the caller sees a file that has grown. */
  private static byte[] readAll(Found.File file, int limit) throws IOException {
    try (SeekableByteChannel channel = file.opener().open();
        InputStream in = Channels.newInputStream(channel)) {
      return in.readNBytes(limit + 1);
    }
  }

  // --- modules

  private ResourceResponse module(ResourceRequest request, AppUrl url) {
    Optional<ResourceResponse> refusedMethod = method(request, url.path());
    if (refusedMethod.isPresent()) {
      return refusedMethod.get();
    }
    String name = (url.authority() + url.path()).replaceFirst("/$", "");
    String specifier = url.scheme() + ":" + name;
    if (name.length() > MODULE_NAME_LENGTH) {
      return noModule(specifier.substring(0, MODULE_NAME_LENGTH) + "... is no module's name");
    }
    switch (url.scheme()) {
      case "npm":
        return npm(request, specifier, name);
      case "node":
        return modules
            .node(name)
            .map(source -> script(request, source))
            .orElseGet(() -> noModule(missing(specifier, name, true)));
      default:
        if (name.equals("internal/host")) {
          return facts(request, specifier, "export default ", ";\n");
        }
        if (name.equals("internal/preload")) {
          return facts(request, specifier, PRELOAD + "(", ");\n");
        }
        if (name.equals("ai") || name.startsWith("ai/")) {
          return noModule(specifier + " is out of scope: Dunlin ships no language models");
        }
        return modules
            .socket(name)
            .map(source -> script(request, source))
            .orElseGet(() -> noModule(missing(specifier, name, false)));
    }
  }

  private ResourceResponse npm(ResourceRequest request, String specifier, String name) {
    try {
      return script(request, npm.module(name, origin()).getBytes(StandardCharsets.UTF_8));
    } catch (NpmPackages.NotFound e) {
      return noModule(specifier + ": " + e.getMessage());
    } catch (IOException e) {
      return noModule(specifier + " cannot be read: " + e.getMessage());
    }
  }

  private String missing(String specifier, String name, boolean node) {
    return specifier
        + " does not exist"
        + modules
            .nearest(name, node)
            .map(near -> "; did you mean " + (node ? "node:" : "socket:") + near + "?")
            .orElse("");
  }

  private static ResourceResponse script(ResourceRequest request, byte[] source) {
    Map<String, String> headers = scriptHeaders("*");
    String etag = "\"" + checksum(source) + "\"";
    headers.put("etag", etag);
    headers.put("cache-control", "no-cache");
    if (request.header("if-none-match").map(value -> matches(value, etag)).orElse(false)) {
      return new ResourceResponse(304, "Not Modified", headers, 0, Bodies.empty());
    }
    headers.put("content-length", String.valueOf(source.length));
    return new ResourceResponse(200, "OK", headers, source.length, ByteSource.of(source));
  }

  /**
   * A module that is not there: one that cannot be parsed, with the message in the error. Tried in
   * Chromium: a 404 says nothing on the console, and a module that throws is hidden by the
   * misleading "does not provide an export named", because names are linked before it runs. An
   * export that is there twice is found first, and its name may be any text.
   */
  private static ResourceResponse noModule(String message) {
    String text = "let x; export { x as " + quote(message) + ", x as " + quote(message) + " };\n";
    byte[] source = text.getBytes(StandardCharsets.UTF_8);
    Map<String, String> headers = scriptHeaders("*");
    headers.put("cache-control", "no-store");
    headers.put("content-length", String.valueOf(source.length));
    return new ResourceResponse(200, "OK", headers, source.length, ByteSource.of(source));
  }

  /** A script about the host, for the app's own pages only. */
  private ResourceResponse facts(
      ResourceRequest request, String name, String before, String behind) {
    if (!request.initiator().equals(origin())) {
      return ErrorPages.forbidden(name, "Only pages of the app may read what it is about the host.")
          .response(request.navigation());
    }
    // Parsed in the page, so that a name such as __proto__ stays data; frozen at every depth.
    String text =
        before
            + "JSON.parse("
            + quote(JsonValues.text(hostFacts.of(request.window())))
            + ", (key, value) => Object.freeze(value))"
            + behind;
    byte[] source = text.getBytes(StandardCharsets.UTF_8);
    Map<String, String> headers = scriptHeaders(origin());
    headers.put("cache-control", "no-store");
    headers.put("vary", "origin");
    headers.put("content-length", String.valueOf(source.length));
    return new ResourceResponse(200, "OK", headers, source.length, ByteSource.of(source));
  }

  private static Map<String, String> scriptHeaders(String allowedOrigin) {
    Map<String, String> headers = new TreeMap<>();
    headers.put("content-type", "text/javascript; charset=utf-8");
    headers.put("access-control-allow-origin", allowedOrigin);
    headers.put("x-content-type-options", "nosniff");
    return headers;
  }

  /** A JavaScript string literal that is safe in any script, inline ones included. */
  private static String quote(String text) {
    StringBuilder literal = new StringBuilder(text.length() + 16).append('"');
    for (char c : text.toCharArray()) {
      if (c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<') {
        literal.append("\\u").append(HEX.toHexDigits(c));
      } else {
        literal.append(c);
      }
    }
    return literal.append('"').toString();
  }

  private static ResourceResponse withoutBody(ResourceResponse response) {
    response.body().close();
    return new ResourceResponse(
        response.status(),
        response.statusText(),
        response.headers(),
        response.lengthBytes(),
        Bodies.empty());
  }

  /**
   * Of scripts that nobody changes to deceive: a start has a dozen, and SHA-256 takes 10 ms of it.
   */
  private static String checksum(byte[] content) {
    CRC32 sum = new CRC32();
    sum.update(content);
    return HEX.toHexDigits((int) sum.getValue()) + "-" + Integer.toHexString(content.length);
  }

  private static String digest(byte[] content) {
    try {
      byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(content);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(sha256, 16));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
