package dev.dunlin.shell.resources;

import dev.dunlin.bridge.spi.ByteSource;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a person or a developer sees when there is nothing to show: one self-contained page, without
 * scripts, that says what is wrong and what to do. All text is escaped; none is trusted.
 *
 * @param status HTTP status
 * @param title what is wrong, in a few words
 * @param explanation what is wrong, in a sentence or two
 * @param facts where it was looked for and the like
 * @param advice what to do
 * @param reload where a page that mends itself goes next
 */
public record ErrorPage(
    int status,
    String title,
    String explanation,
    List<Fact> facts,
    String advice,
    Optional<Reload> reload) {

  /** Longest value of a fact that is shown; the rest is cut. */
  public static final int FACT_LENGTH = 512;

  private static final String STYLE =
      """
      :root{color-scheme:light dark;--paper:#f6f2ea;--card:#fffdf9;--ink:#22303c;--soft:#566370;--line:#ddd4c5;--rust:#9a4420}
      @media (prefers-color-scheme:dark){:root{--paper:#161d24;--card:#1e2831;--ink:#eee8dd;--soft:#a9b4be;--line:#34424f;--rust:#eb9a70}}
      *{box-sizing:border-box}
      body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
      main{width:100%;max-width:40rem;padding:2rem;background:var(--card);border:1px solid var(--line);border-top:4px solid var(--rust);border-radius:10px}
      h1{margin:0 0 .6rem;font-size:1.45rem;line-height:1.25;letter-spacing:-.01em;text-wrap:balance}
      p{margin:0 0 1rem}
      dl{margin:0 0 1rem;padding:.9rem 1rem;border:1px solid var(--line);border-radius:6px}
      dt{color:var(--soft);font-size:.82rem}
      dd{margin:0 0 .6rem;font:.9rem/1.45 ui-monospace,monospace;overflow-wrap:anywhere}
      dd:last-child{margin:0}
      a{color:var(--rust);font-weight:600}
      a:focus-visible{outline:2px solid var(--rust);outline-offset:3px}
      footer{color:var(--soft);font-size:.82rem}
      """;

  /** The policy of every error page: nothing but its own style. */
  public static final String POLICY =
      "default-src 'none'; style-src '"
          + hash()
          + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

  public ErrorPage {
    facts = List.copyOf(facts);
  }

  /** A name and its value, such as the path that was looked for. */
  public record Fact(String name, String value) {
    public Fact {
      value = value.length() <= FACT_LENGTH ? value : value.substring(0, FACT_LENGTH) + " …";
    }
  }

  /**
   * The page goes to {@code url} by itself; a link does it at once.
   *
   * @param url http or https
   * @param afterSeconds 0 or less: by the link only
   */
  public record Reload(String url, int afterSeconds) {
    public Reload {
      if (!url.startsWith("https://") && !url.startsWith("http://")) {
        throw new IllegalArgumentException("a page reloads an http or https address, not " + url);
      }
    }
  }

  /** The page as HTML. */
  public String html() {
    StringBuilder html = new StringBuilder(4096);
    html.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width\">\n<title>")
        .append(escape(title))
        .append("</title>\n");
    reload
        .filter(next -> next.afterSeconds() > 0)
        .ifPresent(
            next ->
                html.append("<meta http-equiv=\"refresh\" content=\"")
                    .append(next.afterSeconds())
                    .append("; url=")
                    .append(escape(next.url()))
                    .append("\">\n"));
    html.append("<style>")
        .append(STYLE)
        .append("</style>\n</head>\n<body>\n<main>\n<h1>")
        .append(escape(title))
        .append("</h1>\n<p>")
        .append(escape(explanation))
        .append("</p>\n");
    if (!facts.isEmpty()) {
      html.append("<dl>\n");
      facts.forEach(
          fact ->
              html.append("<dt>")
                  .append(escape(fact.name()))
                  .append("</dt><dd>")
                  .append(escape(fact.value()))
                  .append("</dd>\n"));
      html.append("</dl>\n");
    }
    html.append("<p>").append(escape(advice)).append("</p>\n");
    reload.ifPresent(
        next ->
            html.append("<p><a href=\"")
                .append(escape(next.url()))
                .append("\">Reload now</a></p>\n"));
    return html.append("<footer>Dunlin, ")
        .append(status)
        .append("</footer>\n</main>\n</body>\n</html>\n")
        .toString();
  }

  /** The same in plain text, for a script that fetched and for the console. */
  public String text() {
    StringBuilder text = new StringBuilder(title).append(". ").append(explanation).append('\n');
    facts.forEach(fact -> text.append(fact.name()).append(": ").append(fact.value()).append('\n'));
    return text.append(advice).append('\n').toString();
  }

  /** An answer with this page for a document, or its text for anything else. */
  public ResourceResponse response(boolean navigation) {
    byte[] body = (navigation ? html() : text()).getBytes(StandardCharsets.UTF_8);
    Map<String, String> headers = new TreeMap<>();
    headers.put(
        "content-type", navigation ? "text/html; charset=utf-8" : "text/plain; charset=utf-8");
    headers.put("content-length", String.valueOf(body.length));
    headers.put("content-security-policy", POLICY);
    headers.put("cache-control", "no-store");
    headers.put("x-content-type-options", "nosniff");
    return new ResourceResponse(status, reason(title), headers, body.length, ByteSource.of(body));
  }

  /** Text that may stand in a status line: printable ASCII. */
  static String reason(String text) {
    return text.replaceAll("[^\\x20-\\x7e]+", "?");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  private static String hash() {
    try {
      byte[] sha256 =
          MessageDigest.getInstance("SHA-256").digest(STYLE.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(sha256);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
