package dev.dunlin.shell.app;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A URL with a host, as Chromium writes one: scheme and host in lower case, no default port. What
 * is written in another way, or has user info, is none: deciding about it would be guessing what
 * another parser makes of it. Path, query and fragment may hold anything but control characters
 * ({@link java.net.URI} refuses some that Chromium leaves alone).
 *
 * @param scheme without the colon
 * @param host a name, an IPv4 address, or an IPv6 address in brackets
 * @param port -1 if none is written
 * @param path raw; {@code /} if none is written
 */
record WebUrl(String scheme, String host, int port, String path) {
  /** Longest host name there is; a longer one is none. */
  static final int HOST_LENGTH = 253;

  static final String HOST = "[a-z0-9_-]+(?:\\.[a-z0-9_-]+)*\\.?|\\[[0-9a-f:.]+]";

  private static final Pattern SYNTAX =
      Pattern.compile("([a-z][a-z0-9+.-]*+)://([^/?#]*+)([^?#]*+)(?:[?#].*+)?", Pattern.DOTALL);
  private static final Pattern AUTHORITY = Pattern.compile("(" + HOST + ")(?::([0-9]{1,5}))?");

  static Optional<WebUrl> parse(String url) {
    Matcher syntax = SYNTAX.matcher(url);
    if (hasControls(url) || !syntax.matches() || syntax.group(2).length() > HOST_LENGTH + 6) {
      return Optional.empty();
    }
    Matcher authority = AUTHORITY.matcher(syntax.group(2));
    if (!authority.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new WebUrl(
            syntax.group(1),
            authority.group(1),
            authority.group(2) == null ? -1 : Integer.parseInt(authority.group(2)),
            syntax.group(3).isEmpty() ? "/" : syntax.group(3)));
  }

  /** Browsers strip tabs and line feeds before they parse, which moves what comes after. */
  static boolean hasControls(String text) {
    return text.chars().anyMatch(c -> c < ' ' || c == 0x7F);
  }

  boolean isWeb() {
    return scheme.equals("https") || scheme.equals("http");
  }

  /** Whether it is of this origin, {@code https://host}. */
  boolean isOf(String origin) {
    return (scheme + "://" + host + (port < 0 ? "" : ":" + port)).equals(origin);
  }

  /** The same, for a URL as text. */
  static boolean isOf(String origin, String url) {
    return parse(url).filter(parsed -> parsed.isOf(origin)).isPresent();
  }
}
