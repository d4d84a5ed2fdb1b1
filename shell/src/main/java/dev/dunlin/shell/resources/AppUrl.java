package dev.dunlin.shell.resources;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A URL split as Chromium would, without java.net.URI's refusal of characters that Chromium leaves
 * alone.
 *
 * @param scheme lower case
 * @param authority lower case, with port and user info if any; empty for an opaque URL
 * @param path raw, percent-encoded
 * @param query with its question mark, or empty
 */
record AppUrl(String scheme, String authority, String path, String query) {
  private static final Pattern SYNTAX =
      Pattern.compile(
          "([a-zA-Z][a-zA-Z0-9+.-]*+):(?://([^/?#\\x00-\\x20]*+))?"
              + "([^?#\\x00-\\x20]*+)(\\?[^#\\x00-\\x20]*+)?(?:#[^\\x00-\\x20]*+)?");

  static Optional<AppUrl> parse(String url) {
    Matcher m = SYNTAX.matcher(url);
    if (!m.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new AppUrl(
            m.group(1).toLowerCase(Locale.ROOT),
            m.group(2) == null ? "" : m.group(2).toLowerCase(Locale.ROOT),
            m.group(3),
            m.group(4) == null ? "" : m.group(4)));
  }
}
