package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.scheduler.VirtualScheduler;
import dev.dunlin.shell.resources.ResourceRequest;
import dev.dunlin.shell.resources.ResourceResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RendererRecoveryTest {
  private static final String ORIGIN = "https://com.example.demo.localhost";

  private final VirtualScheduler time = new VirtualScheduler();
  private final RendererRecovery recovery = new RendererRecovery(ORIGIN, time);

  private String html() {
    ResourceResponse response =
        recovery.respond(
            new ResourceRequest(
                "GET", ORIGIN + "/.dunlin/renderer-gone", Map.of(), "", true, 0, new byte[0]));
    byte[] body = new byte[64 << 10];
    try {
      int length = response.body().read(body, body.length);
      return new String(body, 0, length, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Document page() {
    return Jsoup.parse(html());
  }

  private String refresh() {
    return page().select("meta[http-equiv=refresh]").attr("content");
  }

  private int waitSeconds() {
    return Integer.parseInt(refresh().split(";")[0]);
  }

  /** Crashes as soon as it has been loaded again, and says how long the next wait is. */
  private int crashAtOnce() {
    recovery.pageAfter(ORIGIN + "/a", "crashed");
    int seconds = waitSeconds();
    time.advance(Duration.ofSeconds(seconds));
    return seconds;
  }

  @Test
  void loadsThePageThatCrashed() {
    String shown = recovery.pageAfter(ORIGIN + "/a?b=1&c=2#d", "crashed");
    assertTrue(RendererRecovery.answers(ORIGIN, shown));
    assertEquals("1; url=" + ORIGIN + "/a?b=1&c=2#d", refresh());
    assertEquals(ORIGIN + "/a?b=1&c=2#d", page().select("a").attr("href"));
  }

  @Test
  void waitsTwiceAsLongEachTimeUpToABound() {
    for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 60, 60, 60}) {
      assertEquals(seconds, crashAtOnce());
    }
  }

  @Test
  void waitsShortlyAgainAfterThePageHasRunForAWhile() {
    for (int i = 0; i < 8; i++) {
      crashAtOnce();
    }
    time.advance(RendererRecovery.CALM.minusSeconds(1));
    assertEquals(60, crashAtOnce());
    time.advance(RendererRecovery.CALM);
    assertEquals(1, crashAtOnce());
    assertEquals(2, crashAtOnce());
  }

  @Test
  void theWaitItselfIsNoTimeThatThePageHasRun() {
    for (int i = 0; i < 8; i++) {
      crashAtOnce();
    }
    recovery.pageAfter(ORIGIN + "/a", "crashed");
    time.advance(RendererRecovery.CALM);
    recovery.pageAfter(ORIGIN + "/a", "crashed");
    assertEquals(60, waitSeconds());
  }

  @Test
  void aCrashOfItsOwnPageLoadsWhatCrashedBefore() {
    String shown = recovery.pageAfter(ORIGIN + "/a", "crashed");
    recovery.pageAfter(shown, "crashed");
    assertEquals("2; url=" + ORIGIN + "/a", refresh());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "about:blank",
        "https://elsewhere.example/",
        "https://com.example.demo.localhost.evil.example/",
        "https://com.example.demo.localhost@evil.example/",
        "https://com.example.demo.localhost:8443/",
        "http://com.example.demo.localhost/",
        "javascript:alert(1)",
        "data:text/html,x"
      })
  void loadsTheStartPageIfTheCrashedOneIsNotTheApps(String url) {
    recovery.pageAfter(url, "crashed");
    assertEquals("1; url=" + ORIGIN + "/", refresh());
    assertFalse(html().contains("evil"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"><script>alert(1)</script>",
        "'><img src=x onerror=alert(1)>",
        "</style></title><script>alert(1)</script>",
        "\"; url=javascript:alert(1)",
        "&quot;&gt;&lt;script&gt;"
      })
  void addressAndCauseAreTextAndNeverMarkup(String evil) {
    recovery.pageAfter(ORIGIN + "/" + evil, evil);
    Document page = page();
    assertEquals(0, page.select("script, img, [onerror], iframe, link").size());
    assertEquals(1, page.select("meta[http-equiv]").size());
    assertEquals("1; url=" + ORIGIN + "/" + evil, refresh());
    assertEquals(evil, page.select("dd").get(1).wholeText());
  }
}
