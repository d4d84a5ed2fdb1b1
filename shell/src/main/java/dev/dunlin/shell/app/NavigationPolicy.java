package dev.dunlin.shell.app;

import dev.dunlin.shell.engine.PageHost.Navigation;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where frames may go: the app's origin, and what {@code [webview.navigator.policies] allowed[]}
 * names. URLs are compared as parsed tuples, never as text; what cannot be parsed with certainty is
 * denied.
 */
public final class NavigationPolicy {
  private static final Pattern ABOUT = Pattern.compile("about:(blank|srcdoc)([?#].*)?");

  private final String origin;
  private final List<Source> allowed;

  /**
   * @param origin the app's origin
   * @param patterns {@code scheme://host:port/path}, of which the host alone is needed: the scheme
   *     is http or https (the default), the host may begin with {@code *.}, {@code *} in the path
   *     is any text
   * @throws IllegalArgumentException if a pattern is anything else
   */
  public NavigationPolicy(String origin, List<String> patterns) {
    this.origin = origin;
    this.allowed = patterns.stream().map(Source::parse).toList();
  }

  /** Decides for one navigation. */
  public Navigation decide(boolean topFrame, String url, boolean userGesture) {
    Optional<WebUrl> parsed = WebUrl.parse(url);
    if (parsed.isEmpty()) {
      return decideWithoutHost(topFrame, url, userGesture);
    }
    WebUrl target = parsed.get();
    if (target.isOf(origin) || allowed.stream().anyMatch(source -> source.matches(target))) {
      return Navigation.ALLOW;
    }
    if (!target.isWeb()) {
      return Navigation.DENY;
    }
    if (!topFrame) {
      // What may be framed is for the document's own policy (frame-src) to say. A foreign frame has
      // no bridge.
      return Navigation.ALLOW;
    }
    return userGesture ? Navigation.EXTERNAL : Navigation.DENY;
  }

  private static Navigation decideWithoutHost(boolean topFrame, String url, boolean userGesture) {
    if (topFrame) {
      return userGesture && url.startsWith("mailto:") && !WebUrl.hasControls(url)
          ? Navigation.EXTERNAL
          : Navigation.DENY;
    }
    return url.startsWith("data:") || url.startsWith("blob:") || ABOUT.matcher(url).matches()
        ? Navigation.ALLOW
        : Navigation.DENY;
  }

  record Source(String scheme, String host, boolean subdomains, int port, List<String> pieces) {
    private static final Pattern SYNTAX =
        Pattern.compile(
            "(?:(https?)://)?(\\*\\.)?(" + WebUrl.HOST + ")(?::([0-9]{1,5}))?(/[^?#\\\\\\s]*+)?");

    static Source parse(String pattern) {
      int authority = pattern.contains("://") ? pattern.indexOf("://") + 3 : 0;
      int slash = pattern.indexOf('/', authority);
      int path = slash < 0 ? pattern.length() : slash;
      Matcher parts =
          SYNTAX.matcher(
              pattern.substring(0, path).toLowerCase(Locale.ROOT) + pattern.substring(path));
      if (path > WebUrl.HOST_LENGTH + 16 || !parts.matches()) {
        throw wrong(pattern);
      }
      String scheme = parts.group(1) == null ? "https" : parts.group(1);
      int port = parts.group(4) == null ? -1 : Integer.parseInt(parts.group(4));
      if (port == 0 || port > 65_535) {
        throw wrong(pattern);
      }
      return new Source(
          scheme,
          parts.group(3),
          parts.group(2) != null,
          port == (scheme.equals("https") ? 443 : 80) ? -1 : port,
          List.of((parts.group(5) == null ? "/*" : parts.group(5)).split("\\*", -1)));
    }

    private static IllegalArgumentException wrong(String pattern) {
      return new IllegalArgumentException(
          "'"
              + pattern
              + "' in [webview.navigator.policies] allowed[] is not a URL pattern: write a host,"
              + " such as https://*.example.com/docs/* (http or https; *. only in front of the"
              + " host; a port from 1 to 65535; no user, query or fragment; a host that is not"
              + " ASCII in its xn-- form)");
    }

    /**
     * Whether the pieces between the stars stand in the path, in this order: the first at its
     * beginning, the last at its end, each other where it comes first. A regular expression tries
     * all places of all stars, for longer than a page takes to write such a URL.
     */
    static boolean matchesGlob(List<String> pieces, String path) {
      int last = pieces.size() - 1;
      if (last == 0) {
        return path.equals(pieces.get(0));
      }
      if (!path.startsWith(pieces.get(0))) {
        return false;
      }
      int from = pieces.get(0).length();
      for (String piece : pieces.subList(1, last)) {
        int at = path.indexOf(piece, from);
        if (at < 0) {
          return false;
        }
        from = at + piece.length();
      }
      return path.length() - pieces.get(last).length() >= from && path.endsWith(pieces.get(last));
    }

    boolean matches(WebUrl url) {
      return scheme.equals(url.scheme())
          && (subdomains ? url.host().endsWith("." + host) : url.host().equals(host))
          && url.port() == port
          && !climbs(url.path())
          && matchesGlob(pieces, url.path());
    }

    /** Chromium resolves {@code ..}, but leaves a server to decode {@code ..%2f}. */
    private static boolean climbs(String path) {
      String decoded =
          path.toLowerCase(Locale.ROOT).replace("%2e", ".").replaceAll("%2f|%5c|\\\\", "/");
      return (decoded + "/").contains("/../");
    }
  }
}
