package dev.dunlin.shell.resources;

import static dev.dunlin.shell.resources.Fixture.ORIGIN;
import static dev.dunlin.shell.resources.Fixture.POLICY;
import static dev.dunlin.shell.resources.Fixture.bytes;
import static dev.dunlin.shell.resources.Fixture.request;
import static dev.dunlin.shell.resources.Fixture.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AppResourcesTest {
  @TempDir Path root;
  private Fixture app;

  @BeforeEach
  void anApp() throws IOException {
    app =
        new Fixture(root)
            .file("index.html", "<title>home</title>")
            .file("about.html", "<title>about</title>")
            .file("app.js", "export default 1")
            .file("docs/index.html", "<title>docs</title>")
            .file("empty/.keep", "")
            .file("grüße 100%.txt", "hallo");
  }

  // --- which file

  @ParameterizedTest
  @CsvSource({
    "/,                <title>home</title>,  /index.html",
    "/index.html,      <title>home</title>,  /index.html",
    "/about,           <title>about</title>, /about.html",
    "/about?q=1#frag,  <title>about</title>, /about.html",
    "/app.js,          export default 1,     /app.js",
    "/docs/,           <title>docs</title>,  /docs/index.html",
    "/docs/index,      <title>docs</title>,  /docs/index.html",
    "/gr%C3%BC%C3%9Fe%20100%25.txt, hallo,   /gr%C3%BC%C3%9Fe%20100%25.txt",
  })
  void servesTheFileThatAPathStandsFor(String url, String content, String location)
      throws IOException {
    ResourceResponse response = app.get(url);
    assertEquals(200, response.status());
    assertEquals(content, text(response));
    assertEquals(location, response.headers().get("content-location"));
    assertEquals(String.valueOf(response.lengthBytes()), response.headers().get("content-length"));
  }

  @Test
  void redirectsAFolderToItsSlashAndKeepsTheQuery() {
    ResourceResponse response = app.navigate("/docs?a=1");
    assertEquals(301, response.status());
    assertEquals(ORIGIN + "/docs/?a=1", response.headers().get("location"));
  }

  @Test
  void prefersAFolderToAPageOfTheSameName() throws IOException {
    app.file("docs.html", "page");
    assertEquals(301, app.get("/docs").status());
    assertEquals("page", text(app.get("/docs.html")));
  }

  @Test
  void servesTheConfiguredStartPageForTheRootOnly() throws IOException {
    app.defaultIndex = "/docs/index.html";
    assertEquals("<title>docs</title>", text(app.get("/")));
    app.defaultIndex = "start/none.html";
    ResourceResponse response = app.navigate("/");
    assertEquals(404, response.status());
    assertTrue(text(response).contains("none.html"));
  }

  @Test
  void saysThatTheStartPageIsMissingAndWhereItLooked() throws IOException {
    Files.delete(root.resolve("index.html"));
    String page = text(app.navigate("/"));
    assertTrue(page.contains("The app has no start page"), page);
    assertTrue(page.contains(root.resolve("index.html").toString()), page);
    assertTrue(page.contains("default_index"), page);
  }

  @Test
  void hasNoPageForAFolderWithoutAnIndex() throws IOException {
    ResourceResponse response = app.navigate("/empty/");
    assertEquals(404, response.status());
    assertTrue(text(response).contains("This folder has no index page"));
  }

  @Test
  void findsNoFileBehindASlash() {
    assertEquals(404, app.get("/app.js/").status());
    assertEquals(404, app.get("/app.js/x").status());
  }

  @Test
  void namesTheAddressAndThePlaceOfAMissingFile() throws IOException {
    ResourceResponse response = app.get("/img/logo.png");
    assertEquals(404, response.status());
    assertEquals("text/plain; charset=utf-8", response.headers().get("content-type"));
    String message = text(response);
    assertTrue(message.contains("/img/logo.png"), message);
    assertTrue(message.contains(root.resolve("img/logo.png").toString()), message);
  }

  @Test
  void makesAFolderTheRootOfTheApp() throws IOException {
    app.file("docs/api/index.html", "api").file("docs.html", "beside");
    for (String root : List.of("/docs", "/docs/")) {
      AppResources below = app.resources(new DirectorySource(this.root).below(root));
      assertEquals("<title>docs</title>", text(below.respond(request("GET", "/"))));
      assertEquals("api", text(below.respond(request("GET", "/api/"))));
      assertEquals(404, below.respond(request("GET", "/app.js")).status());
      assertEquals(404, below.respond(request("GET", "/../app.js")).status());
      assertEquals(404, below.respond(request("GET", "/docs/index.html")).status());
    }
    AppResources all = app.resources(new DirectorySource(this.root).below("/"));
    assertEquals("export default 1", text(all.respond(request("GET", "/app.js"))));
    String page =
        text(
            app.resources(new DirectorySource(this.root).below("/none"))
                .respond(new ResourceRequest("GET", ORIGIN + "/", Map.of(), "", true, 3)));
    assertTrue(page.contains(this.root.resolve("none/index.html").toString()), page);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/.git", "/a//b", "/../x", "/a%2fb", "/%zz", "/nul"})
  void refusesARootThatIsNotServed(String folder) {
    DirectorySource source = new DirectorySource(root);
    Exception e = assertThrows(IllegalArgumentException.class, () -> source.below(folder));
    assertTrue(e.getMessage().contains("'" + folder + "'"), e.getMessage());
  }

  // --- methods and origins

  @Test
  void answersHeadWithTheHeadersOfGetAndNoBody() throws IOException {
    ResourceResponse get = app.get("/app.js");
    ResourceResponse head = app.resources().respond(request("HEAD", "/app.js"));
    assertEquals(200, head.status());
    assertEquals(get.headers(), head.headers());
    assertEquals(get.lengthBytes(), head.lengthBytes());
    assertEquals(0, bytes(head).length);
    assertEquals(0, bytes(app.resources().respond(request("HEAD", "/none"))).length);
  }

  @Test
  void answersOptionsWithTheMethodsItKnows() {
    ResourceResponse response = app.resources().respond(request("OPTIONS", "/app.js"));
    assertEquals(204, response.status());
    assertEquals("GET, HEAD, OPTIONS", response.headers().get("allow"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "TRACE", "get", ""})
  void refusesEveryOtherMethod(String method) throws IOException {
    for (String url : List.of("/app.js", "socket://fs/", "socket://com.example.app/app.js")) {
      ResourceResponse response = app.resources().respond(request(method, url));
      assertEquals(405, response.status(), url);
      assertEquals("GET, HEAD, OPTIONS", response.headers().get("allow"));
      assertFalse(text(response).contains("export default"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://com.example.app.localhost:8443/app.js",
        "https://com.example.app.localhost./app.js",
        "https://com.example.app.localhost.evil.test/app.js",
        "https://evil.test/com.example.app.localhost/app.js",
        "https://x.com.example.app.localhost/app.js",
        "https://com.example.app/app.js",
        "https://user@com.example.app.localhost/app.js",
        "https://com.example.app.localhost@evil.test/app.js",
        "https:///app.js",
        "https:app.js",
        "http://com.example.app.localhost/app.js",
        "file:///etc/passwd",
        "ipc://fs/readFile/etc/passwd",
        "//app.js x",
        "not a url",
        "",
      })
  void servesNothingToAnAddressThatOnlyLooksLikeTheApps(String url) throws IOException {
    ResourceResponse response =
        app.resources().respond(new ResourceRequest("GET", url, Map.of(), "", true, 0));
    assertEquals(404, response.status());
    assertFalse(text(response).contains("export default"));
  }

  @Test
  void takesTheHostInAnyCase() throws IOException {
    assertEquals("export default 1", text(app.get("HTTPS://COM.example.APP.localhost/app.js")));
  }

  @Test
  void refusesAnAddressBeyondTheLimit() {
    String longest = "/" + "a".repeat(AppResources.URL_LENGTH - ORIGIN.length() - 1);
    assertEquals(404, app.get(longest).status());
    assertEquals(414, app.get(longest + "a").status());
  }

  @Test
  void servesTheAliasToTheAppsOriginAndSendsItsPagesHome() throws IOException {
    ResourceResponse response = app.get("socket://com.example.app/app.js");
    assertEquals("export default 1", text(response));
    assertEquals(ORIGIN, response.headers().get("access-control-allow-origin"));
    ResourceResponse page = app.navigate("socket://com.example.app/about?x=1");
    assertEquals(307, page.status());
    assertEquals(ORIGIN + "/about?x=1", page.headers().get("location"));
    assertTrue(app.registered.isEmpty());
  }

  // --- headers

  @Test
  void sendsThePolicyWithEveryFileSinceWorkersAndImagesTakeTheirsFromIt() throws IOException {
    app.file("mark.svg", "<svg/>");
    for (String url : List.of("/", "/app.js", "/mark.svg", "socket://com.example.app/app.js")) {
      ResourceResponse response = app.get(url);
      assertEquals(POLICY, response.headers().get("content-security-policy"), url);
      assertEquals("nosniff", response.headers().get("x-content-type-options"), url);
      assertEquals("no-cache", response.headers().get("cache-control"), url);
    }
  }

  @Test
  void addsTheConfiguredHeadersToEveryFile() {
    app.extraHeaders = Map.of("X-Own", "1", "Cache-Control", "max-age=60");
    assertEquals("1", app.get("/app.js").headers().get("x-own"));
    assertEquals("max-age=60", app.get("/app.js").headers().get("cache-control"));
    assertEquals("no-store", app.navigate("/").headers().get("cache-control"));
  }

  @Test
  void refusesAConfiguredHeaderThatWouldBeAPolicyWeDoNotKnowOrNoHeaderAtAll() {
    app.extraHeaders = Map.of("Content-Security-Policy", "default-src *");
    Exception e = assertThrows(IllegalArgumentException.class, app::resources);
    assertTrue(e.getMessage().contains("[security]"), e.getMessage());
    for (Map<String, String> bad :
        List.of(Map.of("a b", "1"), Map.of("x", "1\r\nset-cookie: 1"), Map.of("", "1"))) {
      app.extraHeaders = bad;
      assertThrows(IllegalArgumentException.class, app::resources, bad.toString());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a.html, text/html; charset=utf-8",
    "a.HTML, text/html; charset=utf-8",
    "a.js, text/javascript; charset=utf-8",
    "a.mjs, text/javascript; charset=utf-8",
    "a.css, text/css; charset=utf-8",
    "a.map, application/json; charset=utf-8",
    "a.webmanifest, application/manifest+json; charset=utf-8",
    "a.wasm, application/wasm",
    "a.woff2, font/woff2",
    "a.svg, image/svg+xml",
    "a.avif, image/avif",
    "a.tar.gz, application/gzip",
    "a.mp4, video/mp4",
    "a.html.unheard-of, application/octet-stream",
    "html, text/html; charset=utf-8",
  })
  void namesTheTypeByTheExtension(String file, String type) throws IOException {
    app.file(file, "x");
    assertEquals(type, app.get("/" + file).headers().get("content-type"));
  }

  // --- documents

  @Test
  void registersAPageThatIsNavigatedToWithThePoliciesItNames() throws IOException {
    app.file("p.html", "<meta http-equiv=content-security-policy content=\"img-src 'none'\">");
    ResourceResponse response = app.navigate("/p");
    assertEquals(List.of(List.of("img-src 'none'")), app.registered);
    assertEquals("dunlin;desc=\"doc-3-1\"", response.headers().get("server-timing"));
    assertEquals("no-store", response.headers().get("cache-control"));
    assertTrue(text(response).startsWith(Fixture.PRELOAD + "<meta"));
  }

  @Test
  void givesNoDocumentIdToAnythingElse() throws IOException {
    app.file("mark.svg", "<svg/>");
    assertNull(app.get("/index.html").headers().get("server-timing"));
    for (String url : List.of("/app.js", "/mark.svg", "/docs", "/none", "/.env")) {
      assertNull(app.navigate(url).headers().get("server-timing"), url);
    }
    assertEquals(List.of(), app.registered);
  }

  @Test
  void ignoresConditionsAndRangesOfADocumentSinceItsIdIsNew() throws IOException {
    String etag = app.get("/index.html").headers().get("etag");
    ResourceResponse response =
        app.resources()
            .respond(
                new ResourceRequest(
                    "GET",
                    ORIGIN + "/",
                    Map.of("If-None-Match", etag, "Range", "bytes=0-1"),
                    "",
                    true,
                    1));
    assertEquals(200, response.status());
    assertEquals(Fixture.PRELOAD + "<title>home</title>", text(response));
  }

  @Test
  void refusesAPageThatIsTooLargeToBeReadForItsPolicies() throws IOException {
    byte[] page = new byte[AppResources.DOCUMENT_BYTES];
    Arrays.fill(page, (byte) ' ');
    app.file("largest.html", page).file("larger.html", Arrays.copyOf(page, page.length + 1));
    assertEquals(200, app.navigate("/largest").status());
    ResourceResponse response = app.navigate("/larger");
    assertEquals(500, response.status());
    assertTrue(text(response).contains("16777217 bytes"));
    assertEquals(1, app.registered.size());
  }

  // --- validators

  @Test
  void answersNotModifiedToTheTagItGave() throws IOException {
    String etag = app.get("/app.js").headers().get("etag");
    for (String value : List.of(etag, "W/" + etag, "\"x\", " + etag, "*")) {
      ResourceResponse response = app.get("/app.js", "If-None-Match", value);
      assertEquals(304, response.status(), value);
      assertEquals(etag, response.headers().get("etag"));
      assertEquals(0, bytes(response).length);
    }
    for (String value :
        List.of("\"x\"", etag.replace("\"", ""), "", "\"", etag.toLowerCase() + "x")) {
      assertEquals(200, app.get("/app.js", "If-None-Match", value).status(), value);
    }
  }

  @Test
  void changesTheTagWithTheContentEvenAtTheSameSizeAndTime() throws IOException {
    FileTime time = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
    Files.setLastModifiedTime(root.resolve("app.js"), time);
    String before = app.get("/app.js").headers().get("etag");
    app.file("app.js", "export default 2");
    Files.setLastModifiedTime(root.resolve("app.js"), time);
    assertNotEquals(before, app.get("/app.js").headers().get("etag"));
  }

  @Test
  void changesTheTagOfALargeFileWithItsTimeItsSizeOrTheFileItself() throws IOException {
    byte[] large = new byte[AppResources.HASHED_BYTES + 1];
    FileTime time = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
    app.file("large.bin", large);
    Files.setLastModifiedTime(root.resolve("large.bin"), time);
    String before = app.get("/large.bin").headers().get("etag");
    assertEquals(before, app.get("/large.bin").headers().get("etag"));

    app.file("other.bin", large);
    Files.setLastModifiedTime(root.resolve("other.bin"), time);
    Files.move(
        root.resolve("other.bin"),
        root.resolve("large.bin"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    String replaced = app.get("/large.bin").headers().get("etag");
    assertNotEquals(before, replaced);

    Files.setLastModifiedTime(
        root.resolve("large.bin"), FileTime.from(time.toInstant().plusNanos(1_000_000)));
    assertNotEquals(replaced, app.get("/large.bin").headers().get("etag"));
  }

  @Test
  void comparesTimesToTheSecondAndPrefersTheTag() throws IOException {
    Files.setLastModifiedTime(
        root.resolve("app.js"), FileTime.from(Instant.parse("2026-03-04T05:06:07.9Z")));
    String given = app.get("/app.js").headers().get("last-modified");
    assertEquals("Wed, 04 Mar 2026 05:06:07 GMT", given);
    assertEquals(304, app.get("/app.js", "If-Modified-Since", given).status());
    assertEquals(
        200, app.get("/app.js", "If-Modified-Since", "Wed, 04 Mar 2026 05:06:06 GMT").status());
    assertEquals(200, app.get("/app.js", "If-Modified-Since", "yesterday").status());
    assertEquals(
        200, app.get("/app.js", "If-Modified-Since", given, "If-None-Match", "\"x\"").status());
  }

  // --- ranges

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0,      e,        bytes 0-0/16",
    "bytes=7-,       default 1, bytes 7-15/16",
    "bytes=-1,       1,        bytes 15-15/16",
    "bytes=-999,     export default 1, bytes 0-15/16",
    "bytes=7-999,    default 1, bytes 7-15/16",
    "BYTES = 0 - 5,  export,   bytes 0-5/16",
    "bytes=0-99999999999999999999, export default 1, bytes 0-15/16",
  })
  void sendsOnePart(String range, String content, String contentRange) throws IOException {
    ResourceResponse response = app.get("/app.js", "Range", range);
    assertEquals(206, response.status());
    assertEquals(content, text(response));
    assertEquals(contentRange, response.headers().get("content-range"));
    assertEquals(content.length(), response.lengthBytes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=16-", "bytes=99-100", "bytes=-0", "bytes=99999999999999999999-"})
  void refusesAPartThatLiesOutside(String range) throws IOException {
    ResourceResponse response = app.get("/app.js", "Range", range);
    assertEquals(416, response.status());
    assertEquals("bytes */16", response.headers().get("content-range"));
    assertEquals(0, bytes(response).length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5-2",
        "bytes=a-b",
        "bytes=--1",
        "bytes=0-1,3-4",
        "bytes=0-1,",
        "lines=0-1",
        "bytes=0x1-2",
        "bytes=+1-2",
        "bytes=1.5-2",
        "0-1",
      })
  void sendsTheWholeFileForARangeItDoesNotUnderstand(String range) throws IOException {
    ResourceResponse response = app.get("/app.js", "Range", range);
    assertEquals(200, response.status());
    assertEquals("export default 1", text(response));
    assertNull(response.headers().get("content-range"));
  }

  @Test
  void sendsAPartOnlyOfTheVersionThatThePageHas() throws IOException {
    Map<String, String> first = app.get("/app.js").headers();
    for (String same : List.of(first.get("etag"), first.get("last-modified"))) {
      assertEquals(206, app.get("/app.js", "Range", "bytes=0-1", "If-Range", same).status());
    }
    for (String other :
        List.of("\"x\"", "W/" + first.get("etag"), "Wed, 04 Mar 2020 05:06:06 GMT", "")) {
      assertEquals(
          200, app.get("/app.js", "Range", "bytes=0-1", "If-Range", other).status(), other);
    }
  }

  @Test
  void hasNoPartOfAnEmptyFile() throws IOException {
    app.file("empty.txt", "");
    assertEquals(416, app.get("/empty.txt", "Range", "bytes=0-").status());
    assertEquals(416, app.get("/empty.txt", "Range", "bytes=-5").status());
    assertEquals(0, bytes(app.get("/empty.txt")).length);
  }

  @Test
  void streamsPartsOfALargeFile() throws IOException {
    byte[] large = new byte[AppResources.HASHED_BYTES + 1000];
    for (int i = 0; i < large.length; i++) {
      large[i] = (byte) (i * 31);
    }
    app.file("large.bin", large);
    assertArrayEquals(large, bytes(app.get("/large.bin")));
    assertArrayEquals(
        Arrays.copyOfRange(large, 300, 900),
        bytes(app.get("/large.bin", "Range", "bytes=300-899")));
    assertArrayEquals(
        Arrays.copyOfRange(large, large.length - 5, large.length),
        bytes(app.get("/large.bin", "Range", "bytes=-5")));
  }

  // --- a disk that changes

  @Test
  void failsWhenAFileShrinksWhileItIsRead() throws IOException {
    app.file("large.bin", new byte[AppResources.HASHED_BYTES + 1000]);
    ResourceResponse response = app.get("/large.bin");
    assertEquals(100, response.body().read(new byte[100], 100));
    try (FileChannel file = FileChannel.open(root.resolve("large.bin"), StandardOpenOption.WRITE)) {
      file.truncate(200);
    }
    IOException e = assertThrows(EOFException.class, () -> bytes(response));
    assertTrue(e.getMessage().contains("shrank"), e.getMessage());
  }

  @Test
  void cutsAFileThatGrowsWhileItIsReadAtTheAnnouncedLength() throws IOException {
    app.file("large.bin", new byte[AppResources.HASHED_BYTES + 1000]);
    ResourceResponse response = app.get("/large.bin");
    Files.write(root.resolve("large.bin"), new byte[100], StandardOpenOption.APPEND);
    assertEquals(AppResources.HASHED_BYTES + 1000, bytes(response).length);
  }

  @Test
  void saysThatTheFolderIsGoneAndServesAgainWhenItIsBack() throws IOException {
    AppResources resources = app.resources();
    Path away = root.resolveSibling(root.getFileName() + "-away");
    Files.move(root, away);
    try {
      for (boolean navigation : List.of(true, false)) {
        ResourceResponse response =
            resources.respond(
                new ResourceRequest("GET", ORIGIN + "/", Map.of(), "", navigation, 0));
        assertEquals(404, response.status());
        String message = text(response);
        assertTrue(message.contains("folder is gone"), message);
        assertTrue(message.contains(root.toString()), message);
      }
    } finally {
      Files.move(away, root);
    }
    assertEquals(200, resources.respond(request("GET", "/")).status());
  }

  @Test
  void saysWhyAFileCannotBeRead() throws IOException {
    ResourceSource denied =
        names ->
            new ResourceSource.Found.File(
                5,
                Instant.EPOCH,
                "1",
                () -> {
                  throw new AccessDeniedException("/srv/app/secret.txt");
                });
    ResourceResponse response = app.resources(denied).respond(request("GET", "/secret.txt"));
    assertEquals(403, response.status());
    assertTrue(text(response).contains("/srv/app/secret.txt"));

    ResourceSource broken =
        names -> {
          throw new IOException("Input/output error");
        };
    response = app.resources(broken).respond(request("GET", "/x"));
    assertEquals(500, response.status());
    assertTrue(text(response).contains("Input/output error"));
  }

  // --- modules

  @ParameterizedTest
  @ValueSource(strings = {"socket:fs", "socket://fs", "socket://fs/", "SOCKET://FS/"})
  void servesAModuleHoweverItsAddressIsSpelt(String url) throws IOException {
    ResourceResponse response = app.get(url);
    assertEquals(200, response.status(), url);
    assertTrue(text(response).contains("export const readFile"));
    assertEquals("*", response.headers().get("access-control-allow-origin"));
    assertEquals("text/javascript; charset=utf-8", response.headers().get("content-type"));
    assertEquals(304, app.get(url, "If-None-Match", response.headers().get("etag")).status(), url);
  }

  @Test
  void servesAModuleInAFolder() throws IOException {
    assertTrue(text(app.get("socket://fs/promises")).contains("async"));
    assertTrue(text(app.get("socket://internal/ipc")).contains("ipc"));
  }

  @Test
  void keepsOneInstanceOfAModuleWithASuffixOrNodesName() throws IOException {
    String both = "export * from 'socket:fs';\nexport { default } from 'socket:fs';\n";
    assertEquals(both, text(app.get("socket://fs.js")));
    assertEquals(both, text(app.get("node://fs/")));
    assertEquals("export * from 'socket:fs/promises';\n", text(app.get("node://fs/promises")));
    assertEquals("export * from 'socket:fs/promises';\n", text(app.get("socket://fs/promises.js")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "socket://fss/         | socket:fss does not exist; did you mean socket:fs?",
        "socket://fs/promise   | socket:fs/promise does not exist; did you mean socket:fs/promises?",
        "socket://zzzzzzzz/    | socket:zzzzzzzz does not exist",
        "node://test/          | node:test does not exist",
        "node://paths/         | node:paths does not exist; did you mean node:path?",
        "node://lonely/        | node:lonely does not exist",
        "socket://ai/          | socket:ai is out of scope: Dunlin ships no language models",
        "socket://ai/llm       | socket:ai/llm is out of scope: Dunlin ships no language models",
        "npm://lodash/         | npm:lodash: the package lodash is not in the app's node_modules: run"
            + " npm install lodash in the folder that [build] copy names, or correct the name",
        "socket://module-names.json/ | socket:module-names.json does not exist",
        "socket://fs/../path   | socket:fs/../path does not exist",
        "socket://fs/%2e%2e/path | socket:fs/%2e%2e/path does not exist",
      })
  void saysOnTheConsoleWhichModuleIsMissing(String url, String message) throws IOException {
    ResourceResponse response = app.get(url);
    assertEquals(200, response.status());
    assertEquals("text/javascript; charset=utf-8", response.headers().get("content-type"));
    // Chromium: "SyntaxError: Duplicate export of '<message>'", however it was imported.
    assertEquals(
        "let x; export { x as \"" + message + "\", x as \"" + message + "\" };\n", text(response));
  }

  @Test
  void cutsTheNameOfAModuleThatIsTooLong() throws IOException {
    String source = text(app.get("socket://" + "a".repeat(60_000)));
    assertTrue(source.contains("is no module's name") && source.length() < 500, source);
  }

  @Test
  void makesTheHostModuleForTheAppsOriginOnly() throws IOException {
    app.facts = Map.of("__proto__", Map.of("a", "</script>\u2028\u2029\"\\\n\ud800é"));
    ResourceResponse response = app.get("socket://internal/host");
    assertEquals(200, response.status());
    assertEquals(ORIGIN, response.headers().get("access-control-allow-origin"));
    String source = text(response);
    assertTrue(source.chars().allMatch(c -> c == '\n' || c >= ' ' && c <= '~'), source);
    assertFalse(source.contains("<"), source);
    assertTrue(source.contains("Object.freeze"), source);
    for (String initiator :
        List.of(
            "", "null", "https://evil.test", ORIGIN + ".evil.test", "socket://com.example.app")) {
      ResourceResponse refused =
          app.resources()
              .respond(
                  new ResourceRequest(
                      "GET", "socket://internal/host", Map.of(), initiator, false, 0));
      assertEquals(403, refused.status(), initiator);
      assertNull(refused.headers().get("access-control-allow-origin"));
      assertFalse(text(refused).contains("script"), initiator);
    }
  }
}
