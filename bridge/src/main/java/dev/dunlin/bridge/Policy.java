package dev.dunlin.bridge;

import com.shapesecurity.salvation2.FetchDirectiveKind;
import com.shapesecurity.salvation2.URLs.URI;
import com.shapesecurity.salvation2.URLs.URLWithScheme;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One Content Security Policy, asked one question: may this document connect to this command URL?
 *
 * <p>Parsed and matched by salvation2, which follows the CSP3 text. Chromium, the other enforcer,
 * departs from that text in places; {@link #asChromiumReadsIt} rewrites the policy before
 * salvation2 sees it, so that both enforcers always give one answer.
 */
final class Policy {
  /** Whitespace of Chromium's CSP parser; salvation2 lacks the vertical tab. */
  private static final Pattern SPACE = Pattern.compile("[\\t\\n\\u000b\\f\\r ]+");

  private static final Pattern SCHEME_SOURCE = Pattern.compile("ipc:", Pattern.CASE_INSENSITIVE);

  /**
   * Chromium's host-source: letters, digits and {@code -} in the host, an optional port, a path,
   * and only behind a path a query or fragment, which it ignores.
   */
  private static final Pattern HOST_SOURCE =
      Pattern.compile(
          "ipc://(?<host>\\*|(?:\\*\\.)?[a-z0-9-]+(?:\\.[a-z0-9-]+)*)(?<port>:(?:\\*|[0-9]+))?"
              + "(?:(?<path>/[^?#]*)(?:[?#].*)?)?",
          Pattern.CASE_INSENSITIVE);

  private static final Optional<URLWithScheme> NO_SELF = Optional.empty();

  private final com.shapesecurity.salvation2.Policy parsed;
  private final String directive;
  private final boolean opaqueOrigin;

  // Of the directive that decides, as asChromiumReadsIt spells them.
  private final List<String> sources;

  private Policy(String rewritten) {
    this.parsed =
        com.shapesecurity.salvation2.Policy.parseSerializedCSP(
            rewritten, (severity, message, directive, value) -> {});
    this.directive =
        parsed.getFetchDirective(FetchDirectiveKind.ConnectSrc).isPresent()
            ? "connect-src"
            : parsed.getFetchDirective(FetchDirectiveKind.DefaultSrc).isPresent()
                ? "default-src"
                : "";
    this.sources =
        Stream.of(rewritten.split("; "))
            .map(part -> List.of(part.split(" ")))
            .filter(tokens -> tokens.get(0).equals(directive))
            .flatMap(tokens -> tokens.stream().skip(1))
            .toList();
    this.opaqueOrigin = parsed.sandbox().map(s -> !s.allowSameOrigin()).orElse(false);
  }

  /** Parses one policy: no comma inside. */
  static Policy parse(String serialized) {
    return new Policy(asChromiumReadsIt(serialized));
  }

  /** Whether this policy says anything about connections. */
  boolean governs() {
    return !directive.isEmpty();
  }

  /** The directive that decides: {@code connect-src}, else {@code default-src}, else empty. */
  String directive() {
    return directive;
  }

  /** Whether it sandboxes the document into an opaque origin. */
  boolean opaqueOrigin() {
    return opaqueOrigin;
  }

  boolean allows(CommandUrl url) {
    return parsed.allowsConnection(
        Optional.of(new URI(CommandUrl.SCHEME, url.host(), -1, forSalvation(url.path()))), NO_SELF);
  }

  /**
   * Whether it allows {@code url} by a source whose path is {@code folder} or in it: not by one of
   * no path, or of a shorter one.
   */
  boolean names(CommandUrl url, CommandUrl folder) {
    String prefix = "ipc://" + folder.host() + forSalvation(folder.path());
    String naming =
        sources.stream()
            .filter(source -> source.equals(prefix) || source.startsWith(prefix + "/"))
            .collect(Collectors.joining(" "));
    return !naming.isEmpty() && parse("connect-src " + naming).allows(url);
  }

  /**
   * The policy reduced to what can decide about an {@code ipc:} URL, in a form on which salvation2
   * and Chromium agree:
   *
   * <ul>
   *   <li>a directive with a character outside ASCII is void, and so are later ones of its name
   *       (salvation2 throws);
   *   <li>a source that can never match {@code ipc://host/path} goes: other schemes, {@code
   *       'self'}, {@code *} (network schemes only), a port number (an {@code ipc:} URL has no
   *       port, nor a default one), a host Chromium calls invalid, keywords, junk;
   *   <li>a path is percent-decoded as a whole and encoded afresh: Chromium compares decoded paths,
   *       salvation2 decoded segments, and salvation2 refuses some characters Chromium takes.
   * </ul>
   */
  static String asChromiumReadsIt(String serialized) {
    StringJoiner policy = new StringJoiner("; ");
    Set<String> seen = new HashSet<>();
    for (String part : serialized.split(";")) {
      String[] tokens = SPACE.split(strip(part));
      String name = tokens[0].toLowerCase(Locale.ROOT);
      boolean source = name.equals("connect-src") || name.equals("default-src");
      if (!(source || name.equals("sandbox")) || !seen.add(name)) {
        continue;
      }
      if (!part.chars().allMatch(c -> c >= ' ' && c < 0x7f || c >= '\t' && c <= '\r')) {
        continue;
      }
      StringJoiner values = new StringJoiner(" ", name + " ", "").setEmptyValue(name + " 'none'");
      boolean any = false;
      for (int i = 1; i < tokens.length; i++) {
        Optional<String> value = source ? ipcSource(tokens[i]) : Optional.of(tokens[i]);
        if (value.isPresent()) {
          values.add(value.get());
          any = true;
        }
      }
      policy.add(any || !source ? values.toString() : name + " 'none'");
    }
    return policy.toString();
  }

  /** Whether a token of a source list is one for {@code ipc:} URLs, as Chromium reads it. */
  static Optional<String> ipcSource(String token) {
    if (SCHEME_SOURCE.matcher(token).matches()) {
      return Optional.of("ipc:");
    }
    Matcher source = HOST_SOURCE.matcher(token);
    if (!source.matches()) {
      return Optional.empty();
    }
    String port = source.group("port");
    if (port != null && !port.equals(":*")) {
      return Optional.empty();
    }
    String path = source.group("path");
    return Optional.of(
        "ipc://"
            + source.group("host").toLowerCase(Locale.ROOT)
            + (path == null ? "" : forSalvation(CommandUrl.encodePath(decode(path)))));
  }

  /** salvation2 takes a {@code +} in a path for a space. */
  private static String forSalvation(String path) {
    return path.replace("+", "%2B");
  }

  /** Percent-decodes as Chromium does: UTF-8 if it is well-formed, else byte for character. */
  private static String decode(String path) {
    byte[] bytes = CommandUrl.percentDecode(path);
    return CommandUrl.utf8(bytes).orElseGet(() -> new String(bytes, StandardCharsets.ISO_8859_1));
  }

  private static String strip(String part) {
    return SPACE.matcher(part).replaceAll(" ").strip();
  }
}
