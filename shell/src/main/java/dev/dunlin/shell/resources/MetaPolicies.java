package dev.dunlin.shell.resources;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;

/** The Content Security Policies that a page names itself. */
final class MetaPolicies {
  private static final Pattern HTTP_EQUIV = Pattern.compile("http-equiv", Pattern.CASE_INSENSITIVE);

  private MetaPolicies() {}

  /**
   * The policies that a browser takes from an HTML page: every {@code <meta>} that is a child of
   * the parsed {@code <head>}, not one in the body, a template, a comment or a {@code <noscript>}.
   */
  static List<String> of(byte[] html) {
    String text = decode(html);
    // An attribute's name has no other spelling (its value has), and the parser's first use takes
    // 50 ms of an app's start.
    if (!HTTP_EQUIV.matcher(text).find()) {
      return List.of();
    }
    Element head = Jsoup.parse(text).head();
    return head.children().stream()
        .filter(e -> e.normalName().equals("meta"))
        .filter(e -> isPolicy(e.attr("http-equiv")))
        .map(e -> e.attr("content"))
        .filter(policy -> !policy.isBlank())
        .toList();
  }

  private static boolean isPolicy(String httpEquiv) {
    return httpEquiv.toLowerCase(Locale.ROOT).equals("content-security-policy");
  }

  /** A byte order mark outranks the header's charset, which is UTF-8. */
  private static String decode(byte[] html) {
    Charset charset = StandardCharsets.UTF_8;
    if (startsWith(html, 0xfe, 0xff)) {
      charset = StandardCharsets.UTF_16BE;
    } else if (startsWith(html, 0xff, 0xfe)) {
      charset = StandardCharsets.UTF_16LE;
    }
    String text = new String(html, charset);
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }

  private static boolean startsWith(byte[] bytes, int first, int second) {
    return bytes.length >= 2 && (bytes[0] & 0xff) == first && (bytes[1] & 0xff) == second;
  }
}
