package dev.dunlin.shell.resources;

import static dev.dunlin.shell.resources.Fixture.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.shell.resources.ResourceSource.Found;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectorySourceTest {
  static final String SECRET = "the secret";

  /** {@code outside/secret.txt} beside {@code outside/app}, the app's folder. */
  static Fixture appBesideASecret(Path outside) throws IOException {
    Files.createDirectories(outside.resolve("app/sub"));
    Files.writeString(outside.resolve("secret.txt"), SECRET);
    Files.createDirectories(outside.resolve("app-secrets"));
    Files.writeString(outside.resolve("app-secrets/secret.txt"), SECRET);
    return new Fixture(outside.resolve("app"))
        .file("index.html", "home")
        .file("sub/page.txt", "page")
        .file(".env", SECRET)
        .file(".git/config", SECRET)
        .file("sub/.hidden/x.txt", SECRET)
        .file(".well-known/security.txt", "contact");
  }

  @Nested
  class APath {
    @TempDir Path outside;
    private Fixture app;

    @BeforeEach
    void anApp() throws IOException {
      app = appBesideASecret(outside);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "/../secret.txt",
          "/sub/../../secret.txt",
          "/sub/../index.html",
          "/./index.html",
          "/%2e%2e/secret.txt",
          "/%2E%2E/secret.txt",
          "/.%2e/secret.txt",
          "/sub/%2e%2e/%2e%2e/secret.txt",
          "/..%2fsecret.txt",
          "/%2e%2e%2fsecret.txt",
          "/sub%2fpage.txt",
          "/..%5csecret.txt",
          "/..\\secret.txt",
          "/sub\\page.txt",
          "/sub%5Cpage.txt",
          "/..;/secret.txt",
          "/.../secret.txt",
          "//secret.txt",
          "/sub//page.txt",
          "//etc/passwd",
          "/index.html%00",
          "/index.html%00.png",
          "/%00",
          "/sub/%0apage.txt",
          "/index.html%20",
          "/index.html.",
          "/index.html::$DATA",
          "/C:/Windows/win.ini",
          "/C%3A/Windows/win.ini",
          "/con",
          "/CON.txt",
          "/aux.html",
          "/nul",
          "/NUL%20.txt",
          "/com1",
          "/COM%C2%B9.log",
          "/lpt9.tar.gz",
          "/conin$",
          "/sub/prn",
          "/.env",
          "/%2eenv",
          "/.git/config",
          "/.git/",
          "/sub/.hidden/x.txt",
          "/.",
          "/..",
          "/%2e",
          "/index.html/..",
          "/%252e%252e/secret.txt",
          "/..%252fsecret.txt",
          "/%c0%ae%c0%ae/secret.txt",
          "/%c0%af",
          "/%e0%80%ae%e0%80%ae/secret.txt",
          "/%ff%fe",
          "/%",
          "/%2",
          "/%zz",
          "/index.html%",
        })
    void thatIsNoPlainNameIsNeverServed(String path) throws IOException {
      for (boolean navigation : List.of(false, true)) {
        ResourceResponse response =
            app.resources()
                .respond(
                    new ResourceRequest("GET", Fixture.ORIGIN + path, Map.of(), "", navigation, 0));
        assertTrue(response.status() == 404 || response.status() == 400, "" + response.status());
        String body = text(response);
        assertFalse(body.contains(SECRET), body);
      }
    }

    @Test
    void withTheOneDotNameOfTheWebIsServed() throws IOException {
      assertEquals("contact", text(app.get("/.well-known/security.txt")));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "/a..b.txt",
          "/..a.js/../x",
          "/console.js",
          "/com10.txt",
          "/auxiliary.txt",
          "/a b.txt"
        })
    void thatOnlyLooksDangerousIsJudgedByTheSameRule(String path) throws IOException {
      String name = path.substring(1);
      boolean plain = Stream.of(name.split("/")).noneMatch(n -> AppPath.refusal(n).isPresent());
      if (plain) {
        app.file(name, "fine");
      }
      assertEquals(plain ? 200 : 404, app.get(path.replace(" ", "%20")).status());
      assertEquals(!path.contains("/.."), plain);
    }
  }

  @Nested
  @EnabledOnOs({OS.LINUX, OS.MAC})
  class ALink {
    @TempDir Path outside;
    private Fixture app;

    @BeforeEach
    void anApp() throws IOException {
      app = appBesideASecret(outside);
    }

    private void link(String from, String to) throws IOException {
      Files.createSymbolicLink(app.root.resolve(from), Path.of(to));
    }

    private void assertNotServed(String path) throws IOException {
      ResourceResponse response = app.get(path);
      assertEquals(404, response.status(), path);
      assertFalse(text(response).contains(SECRET), path);
    }

    @Test
    void outOfTheFolderIsNotFollowed() throws IOException {
      link("out.txt", "../secret.txt");
      link("absolute.txt", outside.resolve("secret.txt").toString());
      link("folder", "..");
      link("sibling", "../app-secrets");
      link("chain.txt", "out.txt");
      link("page.html", "../secret.txt");
      for (String path :
          List.of(
              "/out.txt",
              "/absolute.txt",
              "/folder/secret.txt",
              "/folder/",
              "/folder",
              "/sibling/secret.txt",
              "/chain.txt",
              "/page")) {
        assertNotServed(path);
      }
    }

    @Test
    void outOfTheFolderIsNamedAsTheReason() throws IOException {
      link("out.txt", "../secret.txt");
      String message = text(app.get("/out.txt"));
      assertTrue(message.contains("a link that leads out of the app's folder"), message);
    }

    @Test
    void toANameThatIsNotServedIsNotServedEither() throws IOException {
      link("env.txt", ".env");
      link("git", ".git");
      assertNotServed("/env.txt");
      assertNotServed("/git/config");
    }

    @Test
    void insideTheFolderIsFollowed() throws IOException {
      link("in.txt", "sub/page.txt");
      link("round.txt", "../app/sub/page.txt");
      link("folder", "sub");
      assertEquals("page", text(app.get("/in.txt")));
      assertEquals("page", text(app.get("/round.txt")));
      assertEquals("page", text(app.get("/folder/page.txt")));
    }

    @Test
    void thatLeadsNowhereOrInACircleIsNotFound() throws IOException {
      link("dangling.txt", "nothing.txt");
      link("a", "b");
      link("b", "a");
      assertNotServed("/dangling.txt");
      assertNotServed("/a");
      assertNotServed("/a/x");
    }

    @Test
    void asTheFolderItselfIsFollowed() throws IOException {
      Path linked = Files.createSymbolicLink(outside.resolve("linked"), app.root);
      Fixture through = new Fixture(linked);
      assertEquals("page", text(through.get("/sub/page.txt")));
    }

    @Test
    void putInPlaceOfAFileAfterTheCheckIsNotOpened() throws IOException {
      Found found = new DirectorySource(app.root).find(List.of("sub", "page.txt"));
      Files.delete(app.root.resolve("sub/page.txt"));
      link("sub/page.txt", "../../secret.txt");
      Found.File file = assertInstanceOf(Found.File.class, found);
      assertThrows(IOException.class, () -> file.opener().open());
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aPipeOrSocketIsNotOpened(@TempDir Path folder) throws Exception {
    Path pipe = folder.resolve("pipe.html");
    try (var server =
        java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      server.bind(java.net.UnixDomainSocketAddress.of(pipe));
      ResourceResponse response = new Fixture(folder).get("/pipe");
      assertEquals(404, response.status());
      assertTrue(
          new DirectorySource(folder).find(List.of("pipe.html")) instanceof Found.Missing missing
              && missing.why().contains("neither"));
    }
  }

  @Test
  void aNameThatIsTooLongIsNotFound(@TempDir Path folder) {
    assertEquals(404, new Fixture(folder).get("/" + "a".repeat(5000)).status());
  }

  @Test
  void aRootThatIsAFileIsGone(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertInstanceOf(Found.Gone.class, new DirectorySource(file).find(List.of()));
  }
}
