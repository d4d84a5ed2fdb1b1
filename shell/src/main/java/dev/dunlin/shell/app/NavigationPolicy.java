package dev.dunlin.shell.app;

import dev.dunlin.shell.engine.PageHost.Navigation;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where frames may go: the app's origin, and what {@code [webview.navigator.policies] allowed[]}
 * names. URLs are compared as parsed tuples, never as text.
 */
public final class NavigationPolicy {
  private static final Set<String> EXTERNAL = Set.of("http", "https", "mailto");

  private final String host;
  private final List<Source> allowed;

  /**
   * @param origin the app's origin
   * @param patterns {@code scheme://host/path}; the host may begin with {@code *.}, the path may
   *     end with {@code *}
   */
  public NavigationPolicy(String origin, List<String> patterns) {
    this.host = origin.substring("https://".length());
    this.allowed = patterns.stream().map(Source::parse).toList();
  }

  /** Decides for one navigation. */
  public Navigation decide(boolean topFrame, String url, boolean userGesture) {
    if (url.equals("about:blank") || url.equals("about:srcdoc")) {
      return topFrame ? Navigation.DENY : Navigation.ALLOW;
    }
    URI uri;
    try {
      uri = new URI(withoutOddities(url));
    } catch (URISyntaxException e) {
      return Navigation.DENY;
    }
    String scheme = lower(uri.getScheme());
    if (isOwn(uri, scheme)) {
      return Navigation.ALLOW;
    }
    if (allowed.stream().anyMatch(source -> source.matches(uri))) {
      return Navigation.ALLOW;
    }
    if (!topFrame) {
      // What may be framed is for the document's own policy (frame-src) to say. A foreign frame has
      // no bridge.
      return Set.of("http", "https", "data", "blob").contains(scheme)
          ? Navigation.ALLOW
          : Navigation.DENY;
    }
    return userGesture && EXTERNAL.contains(scheme) ? Navigation.EXTERNAL : Navigation.DENY;
  }

  private boolean isOwn(URI uri, String scheme) {
    return scheme.equals("https")
        && host.equals(lower(uri.getHost()))
        && uri.getPort() == -1
        && uri.getUserInfo() == null;
  }

  /**
   * Chromium's URLs may hold characters in query and fragment that {@link URI} refuses; neither
   * decides anything.
   */
  private static String withoutOddities(String url) {
    int end = url.length();
    for (char mark : new char[] {'#', '?'}) {
      int at = url.indexOf(mark);
      if (at >= 0) {
        end = Math.min(end, at);
      }
    }
    return url.substring(0, end).replace("|", "%7C").replace("^", "%5E");
  }

  private static String lower(String text) {
    return text == null ? "" : text.toLowerCase(Locale.ROOT);
  }

  private record Source(String scheme, String host, boolean subdomains, int port, Pattern path) {
    static Source parse(String pattern) {
      String text = pattern.contains("://") ? pattern : "https://" + pattern;
      int hostStart = text.indexOf("://") + 3;
      String scheme = lower(text.substring(0, hostStart - 3));
      int pathStart = text.indexOf('/', hostStart);
      String authority =
          pathStart < 0 ? text.substring(hostStart) : text.substring(hostStart, pathStart);
      String path = pathStart < 0 ? "/*" : text.substring(pathStart);
      int colon = authority.lastIndexOf(':');
      String host = lower(colon < 0 ? authority : authority.substring(0, colon));
      boolean subdomains = host.startsWith("*.");
      if (host.equals("*") || host.substring(subdomains ? 2 : 0).contains("*") || host.isEmpty()) {
        throw new IllegalArgumentException(
            "[webview.navigator.policies] allowed[] = "
                + pattern
                + ": name a host, such as https://*.example.com/*");
      }
      StringBuilder regex = new StringBuilder();
      for (String part : path.split("\\*", -1)) {
        regex.append(regex.isEmpty() ? "" : ".*").append(Pattern.quote(part));
      }
      return new Source(
          scheme,
          subdomains ? host.substring(1) : host,
          subdomains,
          colon < 0 ? -1 : Integer.parseInt(authority.substring(colon + 1)),
          Pattern.compile(regex.toString(), Pattern.DOTALL));
    }

    boolean matches(URI uri) {
      String other = lower(uri.getHost());
      return scheme.equals(lower(uri.getScheme()))
          && uri.getUserInfo() == null
          && (subdomains
              ? other.endsWith(host) && other.length() > host.length()
              : other.equals(host))
          && uri.getPort() == port
          && path.matcher(
                  uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath())
              .matches();
    }
  }
}
