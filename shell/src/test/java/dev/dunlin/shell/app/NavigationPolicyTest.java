package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.shell.engine.PageHost.Navigation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NavigationPolicyTest {
  private static final String HOST = "com.example.demo.localhost";
  private static final String ORIGIN = "https://" + HOST;

  private final NavigationPolicy policy =
      new NavigationPolicy(
          ORIGIN,
          List.of(
              "https://*.allowed.example/docs/*",
              "https://exact.example:8443/",
              "http://plain.example",
              "bare.example/a/*/z",
              "https://[2001:db8::1]/*",
              "https://standard.example:443/*"));

  private Navigation top(String url) {
    return policy.decide(true, url, false);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "?q=1",
        "#part",
        "/a b|c^d`{e}\"<f>[g]_~",
        "/a\\b",
        "/a?b c|d\\e\"f@g:1#h i|j^k",
        "/%00%zz%",
        "/ünï/日本?ü#ü",
        "/@evil.example/",
        "//evil.example/",
        "/https://evil.example/",
        "/..;/x"
      })
  void everyFrameMayGoWhereverTheAppIs(String rest) {
    assertEquals(Navigation.ALLOW, top(ORIGIN + rest));
    assertEquals(Navigation.ALLOW, policy.decide(false, ORIGIN + rest, false));
  }

  @Test
  void takesAVeryLongAddressOfTheApp() {
    assertEquals(Navigation.ALLOW, top(ORIGIN + "/" + "a".repeat(1 << 20) + "?" + "b".repeat(9)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://a.allowed.example/docs/",
        "https://a.b.allowed.example/docs/x/y?z#w",
        "https://my_host.allowed.example/docs/x y|z",
        "https://exact.example:8443",
        "https://exact.example:8443/?q",
        "http://plain.example/any",
        "https://bare.example/a/b/c/z",
        "https://[2001:db8::1]/x",
        "https://standard.example/"
      })
  void theTopFrameMayGoWhereThePatternsSay(String url) {
    assertEquals(Navigation.ALLOW, top(url));
  }

  static Stream<String> lookAlikes() {
    List<String> urls =
        new ArrayList<>(
            List.of(
                // User info.
                "https://" + HOST + "@evil.example/",
                "https://" + HOST + ":443@evil.example/",
                "https://user@" + HOST + "/",
                "https://user:pw@" + HOST + "/",
                "https://@" + HOST + "/",
                "https://:@" + HOST + "/",
                "https://evil.example%40" + HOST + "/",
                // Ports.
                ORIGIN + ":8443/",
                ORIGIN + ":443/",
                ORIGIN + ":/",
                ORIGIN + ":0/",
                ORIGIN + ":-1/",
                ORIGIN + ":99999999999/",
                ORIGIN + ":x/",
                // Hosts that begin or end alike.
                ORIGIN + "./",
                ORIGIN + "../",
                ORIGIN + ".evil.example/",
                ORIGIN + "evil.example/",
                ORIGIN + "-evil.example/",
                "https://evil." + HOST + "/",
                "https://evil-" + HOST + "/",
                "https://evil" + HOST + "/",
                "https://." + HOST + "/",
                "https://com.example.demo/",
                "https://example.demo.localhost/",
                "https://localhost/",
                "https://com-example-demo.localhost/",
                "https://com.example..demo.localhost/",
                // Not as Chromium writes them.
                "HTTPS://" + HOST + "/",
                "https://COM.EXAMPLE.DEMO.LOCALHOST/",
                "https://com.example.demo.localhosT/",
                "https:\\\\" + HOST + "/",
                "https:/\\" + HOST + "/",
                "https:/" + HOST + "/",
                "https:" + HOST + "/",
                "https:///" + HOST + "/",
                "//" + HOST + "/",
                HOST,
                "",
                " " + ORIGIN + "/",
                ORIGIN + " /",
                ORIGIN + "\\@evil.example/",
                ORIGIN + "\\.evil.example/",
                ORIGIN + "\\",
                // Escapes and controls.
                "https://com%2eexample.demo.localhost/",
                "https://%63om.example.demo.localhost/",
                ORIGIN + "%2f@evil.example/",
                ORIGIN + "%00.evil.example/",
                ORIGIN + "\u0000/",
                ORIGIN + "/\u0000",
                ORIGIN + "\n.evil.example/",
                "https://com.example\t.demo.localhost/",
                ORIGIN + "/\r\nx",
                "https\n://" + HOST + "/",
                // Letters that look alike or fold to the same.
                "https://c\u043Em.example.demo.localhost/",
                "https://com.ex\u0430mple.demo.localhost/",
                "https://com\u3002example.demo.localhost/",
                "https://com.example.demo.\u24DBocalhost/",
                "https://com.example.demo.loca\u200Blhost/",
                "https://com.example.demo.loca\u00ADlhost/",
                "https://xn--cm-fmc.example.demo.localhost/",
                // Other schemes.
                "http://" + HOST + "/",
                "ws://" + HOST + "/",
                "wss://" + HOST + "/",
                "ftp://" + HOST + "/",
                "socket://" + HOST + "/",
                "ipc://" + HOST + "/",
                "javascript:location='" + ORIGIN + "/'",
                "javascript://" + HOST + "/%0aalert(1)",
                "data:text/html,<script src=" + ORIGIN + "/>",
                "file:///" + HOST + "/",
                "file://" + HOST + "/",
                "blob:https://evil.example/5f1c0f3e",
                "blob:" + ORIGIN + "/5f1c0f3e",
                "blob:null/5f1c0f3e",
                "filesystem:" + ORIGIN + "/temporary/x",
                "view-source:" + ORIGIN + "/",
                "chrome://" + HOST + "/",
                "chrome-untrusted://" + HOST + "/",
                "devtools://devtools/bundled/inspector.html",
                "chrome-extension://" + HOST + "/",
                "intent://" + HOST + "/",
                "about:blank",
                "about:srcdoc",
                "about:" + ORIGIN,
                "feed:" + ORIGIN + "/",
                // Of the patterns.
                "https://allowed.example/docs/x",
                "https://evilallowed.example/docs/x",
                "https://.allowed.example/docs/x",
                "https://a..allowed.example/docs/x",
                "https://a.allowed.example./docs/x",
                "https://a.allowed.example.evil.example/docs/x",
                "https://a.allowed.example@evil.example/docs/x",
                "https://evil.example/?https://a.allowed.example/docs/x",
                "https://evil.example#.allowed.example/docs/x",
                "https://evil.example\\.allowed.example/docs/x",
                "https://a.allowed.example:8443/docs/x",
                "https://a.allowed.example:443/docs/x",
                "http://a.allowed.example/docs/x",
                "https://a.allowed.example/",
                "https://a.allowed.example/Docs/x",
                "https://a.allowed.example/docsx",
                "https://a.allowed.example/x?/docs/x",
                "https://a.allowed.example/docs/../x",
                "https://a.allowed.example/docs/%2e%2E/x",
                "https://a.allowed.example/docs/..%2fx",
                "https://a.allowed.example/docs/..%5Cx",
                "https://a.allowed.example/docs/..\\x",
                "https://a.allowed.example/docs/..",
                "https://exact.example/",
                "https://exact.example:8443/x",
                "https://exact.example:84430/",
                "https://plain.example/any",
                "http://www.plain.example/any",
                "https://bare.example/a/z",
                "https://[2001:db8::2]/x",
                "https://[2001:db8::1/x",
                // Long.
                ORIGIN + ".evil".repeat(100_000) + "/",
                "https://" + "a.".repeat(100_000) + HOST + "/",
                "https://" + "a".repeat(1 << 20) + "@" + HOST + "/"));
    return urls.stream();
  }

  @ParameterizedTest
  @MethodSource("lookAlikes")
  void theTopFrameMayNotGoWhereItOnlyLooksLikeTheApp(String url) {
    assertEquals(Navigation.DENY, policy.decide(true, url, false));
    assertNotEquals(Navigation.ALLOW, policy.decide(true, url, true));
  }

  @Test
  void theCorpusIsNoHandful() {
    assertTrue(lookAlikes().distinct().count() >= 100);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://elsewhere.example/x?y#z",
        "http://elsewhere.example:8080/",
        "mailto:someone@example.com?subject=Hi"
      })
  void aLinkThatAPersonClicksGoesToTheirBrowser(String url) {
    assertEquals(Navigation.EXTERNAL, policy.decide(true, url, true));
    assertEquals(Navigation.DENY, policy.decide(true, url, false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://user:pw@elsewhere.example/",
        "https://else\twhere.example/",
        "mailto:a@example.com\nBcc:b@example.com",
        "MAILTO:a@example.com",
        "smb://server/share",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "ms-settings:privacy",
        "tel:+123"
      })
  void notEvenAClickOpensWhatIsNeitherWebNorPlainMail(String url) {
    assertEquals(Navigation.DENY, policy.decide(true, url, true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://elsewhere.example/",
        "http://elsewhere.example/",
        "data:text/html,<p>Hi\n</p>",
        "blob:https://elsewhere.example/5f1c0f3e",
        "about:blank",
        "about:blank#x",
        "about:srcdoc"
      })
  void whatMayBeFramedIsForTheDocumentsOwnPolicy(String url) {
    assertEquals(Navigation.ALLOW, policy.decide(false, url, false));
    assertEquals(Navigation.ALLOW, policy.decide(false, url, true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///etc/passwd",
        "javascript:alert(1)",
        "chrome://version/",
        "view-source:https://elsewhere.example/",
        "filesystem:https://elsewhere.example/temporary/x",
        "ftp://elsewhere.example/",
        "mailto:a@example.com",
        "about:version",
        "about:blankx",
        "https://user@elsewhere.example/",
        "https://a%62.example/",
        ""
      })
  void noFrameShowsWhatAWebPageMayNotFrame(String url) {
    assertEquals(Navigation.DENY, policy.decide(false, url, true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "https://*",
        "https://*/*",
        "https://",
        "https:///x",
        "/path",
        "https://a.*.example/",
        "https://*example.com/",
        "https://example.*",
        "https://user@example.com/",
        "https://example.com:/",
        "https://example.com:x/",
        "https://example.com:*/",
        "https://example.com:0/",
        "https://example.com:65536/",
        "https://example.com:99999999999/",
        "https://b\u00FCcher.example/",
        "https://example.com/a b",
        "https://example.com/a\\b",
        "https://example.com/?q",
        "https://example.com/#f",
        "https://exa mple.com/",
        "https://exa%6dple.com/",
        "https://.example.com/",
        "https://[::1/",
        "file:///etc/*",
        "ftp://example.com/",
        "javascript:alert(1)",
        "socket://*"
      })
  void aMalformedPatternIsAnErrorThatShowsAGoodOne(String pattern) {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> new NavigationPolicy(ORIGIN, List.of(pattern)))
            .getMessage();
    assertTrue(message.startsWith("'" + pattern + "'"), message);
    assertTrue(message.contains("https://*.example.com/docs/*"), message);
  }

  @Test
  void aVeryLongPatternIsAnErrorToo() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new NavigationPolicy(ORIGIN, List.of("https://" + "a.".repeat(100_000) + "b/")));
  }

  @Test
  void aPatternMayBeInCapitalsExceptForItsPath() {
    NavigationPolicy capitals =
        new NavigationPolicy(ORIGIN, List.of("HTTPS://*.Example.COM/Docs/*"));
    assertEquals(Navigation.ALLOW, capitals.decide(true, "https://www.example.com/Docs/x", false));
    assertEquals(Navigation.DENY, capitals.decide(true, "https://www.example.com/docs/x", false));
  }
}
