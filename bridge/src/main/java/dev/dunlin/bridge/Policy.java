package dev.dunlin.bridge;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One Content Security Policy, asked one question: may this document connect to this command URL?
 *
 * <p>Read and matched as Chromium, the other enforcer, does it, so that both always give one
 * answer: where it departs from the text of CSP3, so does this. A library is no help here: those
 * there are follow the text, and match by regular expressions whose depth is that of a source.
 */
final class Policy {
  /** Whitespace of Chromium's CSP parser. */
  private static final Pattern SPACE = Pattern.compile("[\\t\\n\\u000b\\f\\r ]+");

  private static final String SCHEME = CommandUrl.SCHEME + ":";
  private static final String ANY = "*";

  private final String directive;
  private final boolean opaqueOrigin;

  /** Of the directive that decides: those which can match a command URL. */
  private final List<Source> sources;

  /**
   * A source.
   *
   * @param host {@code *} for any
   * @param path decoded, and encoded as {@link CommandUrl#path()} is; empty for any
   */
  private record Source(String host, String path) {
    boolean matches(CommandUrl url) {
      return (host.equals(ANY) || host.equals(url.host()))
          && (path.endsWith("/")
              ? url.path().startsWith(path)
              : path.isEmpty() || url.path().equals(path));
    }

    boolean isIn(CommandUrl folder) {
      return host.equals(folder.host())
          && (path.equals(folder.path()) || path.startsWith(folder.path() + "/"));
    }
  }

  private Policy(Map<String, Optional<List<String>>> directives) {
    this.directive =
        List.of("connect-src", "default-src").stream()
            .filter(name -> directives.getOrDefault(name, Optional.empty()).isPresent())
            .findFirst()
            .orElse("");
    List<Source> found = new ArrayList<>();
    directives
        .getOrDefault(directive, Optional.empty())
        .ifPresent(tokens -> tokens.forEach(token -> source(token).ifPresent(found::add)));
    this.sources = List.copyOf(found);
    this.opaqueOrigin =
        directives
            .getOrDefault("sandbox", Optional.empty())
            .filter(flags -> flags.stream().noneMatch("allow-same-origin"::equalsIgnoreCase))
            .isPresent();
  }

  /** Parses one policy: no comma inside. */
  static Policy parse(String serialized) {
    Map<String, Optional<List<String>>> directives = new HashMap<>();
    for (String part : serialized.split(";")) {
      List<String> words = List.of(SPACE.split(SPACE.matcher(part).replaceAll(" ").strip()));
      // One with a character outside of ASCII is void, and so are later ones of its name.
      directives.putIfAbsent(
          words.get(0).toLowerCase(Locale.ROOT),
          Optional.of(words.subList(1, words.size())).filter(any -> isPrintable(part)));
    }
    return new Policy(directives);
  }

  private static boolean isPrintable(String part) {
    return part.chars().allMatch(c -> c >= ' ' && c < 0x7f || c >= '\t' && c <= '\r');
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
    for (Source source : sources) {
      if (source.matches(url)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether it allows {@code url} by a source whose path is {@code folder} or in it: not by one of
   * no path, or of a shorter one.
   */
  boolean names(CommandUrl url, CommandUrl folder) {
    return sources.stream().anyMatch(source -> source.isIn(folder) && source.matches(url));
  }

  /**
   * A token of a source list, if it can match {@code ipc://host/path}. What can't: other schemes,
   * {@code 'self'}, {@code *} (network schemes only), a port number (an {@code ipc:} URL has no
   * port, nor a default one), a host Chromium calls invalid or with a dot (no module has one), a
   * query or fragment without a path (behind one it is ignored), keywords, junk.
   */
  private static Optional<Source> source(String token) {
    if (token.equalsIgnoreCase(SCHEME)) {
      return Optional.of(new Source(ANY, ""));
    }
    if (!token.regionMatches(true, 0, SCHEME + "//", 0, SCHEME.length() + 2)) {
      return Optional.empty();
    }
    String rest = token.substring(SCHEME.length() + 2);
    int slash = rest.indexOf('/');
    String authority = slash < 0 ? rest : rest.substring(0, slash);
    String host =
        (authority.endsWith(":*") ? authority.substring(0, authority.length() - 2) : authority)
            .toLowerCase(Locale.ROOT);
    if (host.isEmpty()
        || !host.equals(ANY) && !host.chars().allMatch(CommandUrl::isHostCharacter)) {
      return Optional.empty();
    }
    return Optional.of(new Source(host, slash < 0 ? "" : path(rest.substring(slash))));
  }

  /**
   * Percent-decodes as Chromium does, the path as a whole: UTF-8 if it is well-formed, else byte
   * for character.
   */
  private static String path(String written) {
    int end = 0;
    while (end < written.length() && "?#".indexOf(written.charAt(end)) < 0) {
      end++;
    }
    byte[] bytes = CommandUrl.percentDecode(written.substring(0, end));
    return CommandUrl.encodePath(
        CommandUrl.utf8(bytes).orElseGet(() -> new String(bytes, StandardCharsets.ISO_8859_1)));
  }
}
