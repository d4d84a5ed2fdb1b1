package dev.dunlin.shell.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetaPoliciesTest {
  private static final String META = "<meta http-equiv=\"Content-Security-Policy\" content=\"P\">";

  private static List<String> of(String html) {
    return MetaPolicies.of(html.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        META,
        "<!doctype html><html><head>" + META + "</head></html>",
        "<head><title>t</title>" + META,
        "<META HTTP-EQUIV=content-SECURITY-policy CONTENT=P>",
        "<meta content=P http-equiv='content-security-policy' />",
        "<meta http-equiv=\"&#67;ontent-Security-Policy\" content=P>",
        "<meta\nhttp-equiv=Content-Security-Policy\tcontent=P>",
        "\n<!-- x -->" + META,
        "<script>'</head>'</script>" + META,
        "<title></head></title>" + META,
        "<html></html>" + "<head>" + "</head>" + "<head>" + META, // the head is never opened twice,
        "<head></head>" + META, // but a meta after it goes into it
        "<head><noscript><link></noscript>" + META,
        "<template></template>" + META,
      })
  void takesAPolicyFromTheHead(String html) {
    if (html.startsWith("<html></html>")) {
      assertEquals(List.of(), of(html), html);
    } else {
      assertEquals(List.of("P"), of(html), html);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<body>" + META,
        "<p>text</p>" + META,
        "text" + META,
        "<!-- " + META + " -->",
        "<script>" + META + "</script>",
        "<style>" + META + "</style>",
        "<title>" + META + "</title>",
        "<textarea>" + META + "</textarea>",
        "<template>" + META + "</template>",
        "<noscript>" + META + "</noscript>",
        "<svg>" + META + "</svg>",
        "<iframe srcdoc='" + META + "'></iframe>",
        "<meta http-equiv=\"Content-Security-Policy \" content=P>",
        "<meta http-equiv=Content-Security-Policy-Report-Only content=P>",
        "<meta http-equiv=\"Content-Security-Policy\">",
        "<meta http-equiv=\"Content-Security-Policy\" content=\" \">",
        "<meta name=\"Content-Security-Policy\" content=P>",
        "<link http-equiv=\"Content-Security-Policy\" content=P>",
      })
  void takesNoneThatABrowserWouldNot(String html) {
    assertEquals(List.of(), of(html), html);
  }

  @Test
  void takesAllOfThemInOrder() {
    assertEquals(List.of("P", "Q, R", "P"), of(META + META.replace("P\"", "Q, R\"") + META));
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16BE", "UTF-16LE"})
  void readsThePageInTheEncodingOfItsByteOrderMark(String charset) {
    assertEquals(
        List.of("img-src https://é.example"),
        MetaPolicies.of(
            ("\ufeff" + META.replace("P\"", "img-src https://é.example\""))
                .getBytes(Charset.forName(charset))));
  }

  @Test
  void readsAPageWithBytesThatAreNoUtf8() {
    byte[] html = ("\u00ff\u00fe!" + META).getBytes(StandardCharsets.ISO_8859_1);
    assertEquals(List.of(), MetaPolicies.of(html));
    byte[] later = (META + "<body>\u00ff\u00c3").getBytes(StandardCharsets.ISO_8859_1);
    assertEquals(List.of("P"), MetaPolicies.of(later));
  }
}
