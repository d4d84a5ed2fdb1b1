package dev.dunlin.shell.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ErrorPagesTest {
  private static final String EVIL =
      "\"><script>alert(1)</script><img src=x onerror='x'>&amp;\u2028\r\nx: y";

  static Stream<ErrorPage> everyPage() {
    return Stream.of(
        ErrorPages.notFound(EVIL, EVIL, EVIL),
        ErrorPages.refused(404, EVIL, EVIL),
        ErrorPages.refused(400, EVIL, EVIL),
        ErrorPages.noIndex("/", EVIL),
        ErrorPages.noIndex(EVIL, EVIL),
        ErrorPages.unreadable(EVIL, EVIL),
        ErrorPages.forbidden(EVIL, EVIL),
        ErrorPages.method(EVIL, EVIL),
        ErrorPages.elsewhere(EVIL),
        ErrorPages.tooLong(1),
        ErrorPages.documentTooLarge(EVIL, 2, 1),
        ErrorPages.fault(EVIL, EVIL),
        ErrorPages.folderGone(EVIL),
        ErrorPages.devServerClosed("http://" + EVIL, "https://x.localhost/" + EVIL),
        ErrorPages.devServerSlow(
            "http://" + EVIL, "https://x.localhost/" + EVIL, Duration.ofSeconds(30)),
        ErrorPages.devServerFault("http://" + EVIL, "https://x.localhost/" + EVIL, EVIL, EVIL),
        ErrorPages.bodyTooLarge(EVIL, 1),
        ErrorPages.rendererCrashed("https://x.localhost/" + EVIL, EVIL, 3),
        ErrorPages.rendererCrashed(EVIL, EVIL, 0));
  }

  @ParameterizedTest
  @MethodSource("everyPage")
  void escapesAllThatItIsTold(ErrorPage page) throws IOException {
    Document document = Jsoup.parse(page.html());
    assertEquals(0, document.select("script, img, [onerror], [style], link, iframe").size());
    assertEquals(1, document.select("style").size());
    for (boolean navigation : new boolean[] {true, false}) {
      ResourceResponse response = page.response(navigation);
      assertTrue(response.statusText().matches("[\\x20-\\x7e]+"), response.statusText());
      assertEquals(response.lengthBytes(), Fixture.bytes(response).length);
    }
  }

  @ParameterizedTest
  @MethodSource("everyPage")
  void saysWhatIsWrongAndWhatToDo(ErrorPage page) {
    assertFalse(page.title().isBlank() || page.explanation().isBlank() || page.advice().isBlank());
    assertEquals(page.title(), Jsoup.parse(page.html()).title());
    assertTrue(page.text().contains(page.advice()));
  }

  @ParameterizedTest
  @MethodSource("everyPage")
  void isPolicedByTheHashOfItsOwnStyle(ErrorPage page) throws Exception {
    String style = Jsoup.parse(page.html()).select("style").first().data();
    byte[] sha256 =
        MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8));
    assertEquals(
        "default-src 'none'; style-src 'sha256-"
            + Base64.getEncoder().encodeToString(sha256)
            + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
        page.response(true).headers().get("content-security-policy"));
  }

  @Test
  void reloadsACrashedPageByItselfOnlyIfToldTo() {
    String url = "https://app.localhost/a?b=1&c=2";
    Document first = Jsoup.parse(ErrorPages.rendererCrashed(url, "SIGSEGV", 3).html());
    assertEquals("3; url=" + url, first.select("meta[http-equiv=refresh]").attr("content"));
    assertEquals(url, first.select("a").attr("href"));
    Document again = Jsoup.parse(ErrorPages.rendererCrashed(url, "SIGSEGV", 0).html());
    assertEquals(0, again.select("meta[http-equiv=refresh]").size());
    assertEquals(url, again.select("a").attr("href"));
  }

  @Test
  void neverReloadsAnAddressThatWouldRun() {
    assertEquals(
        0,
        Jsoup.parse(ErrorPages.rendererCrashed("javascript:x", "", 3).html()).select("a").size());
    assertThrows(
        IllegalArgumentException.class,
        () -> ErrorPages.devServerClosed("http://localhost:80", "javascript:x"));
  }

  @Test
  void cutsAFactThatIsTooLong() {
    String long1 = "a".repeat(ErrorPage.FACT_LENGTH + 1);
    assertFalse(ErrorPages.folderGone(long1).html().contains(long1));
  }
}
