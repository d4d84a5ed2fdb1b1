package dev.dunlin.shell.app;

import static dev.dunlin.fuzz.Target.require;
import static dev.dunlin.fuzz.Target.requireSame;

import dev.dunlin.fuzz.Target;
import dev.dunlin.shell.engine.PageHost.Navigation;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;

/** Where pages want to go. */
public final class AppTargets {
  private static final String ORIGIN = "https://com.example.app.localhost";

  private AppTargets() {}

  public static List<Target> all() {
    return List.of(
        Target.ofText("web-url", 64 << 10, AppTargets::url),
        Target.ofText("navigation", 16 << 10, AppTargets::navigation));
  }

  /** No URL, or the parts that the JDK reads in it. */
  private static void url(String text) {
    Optional<WebUrl> url = WebUrl.parse(text);
    if (url.isEmpty()) {
      return;
    }
    require(url.get().host().length() <= WebUrl.HOST_LENGTH + 6, "a host is bounded");
    require(url.get().host().indexOf('@') < 0, "user info is no host");
    try {
      URI uri = new URI(text);
      if (uri.getHost() != null) {
        requireSame(uri.getHost(), url.get().host(), "host");
        requireSame(uri.getPort(), url.get().port(), "port");
      }
    } catch (URISyntaxException none) {
      return;
    }
  }

  /** First line a URL, the rest patterns: an error in words, or a decision by one rule. */
  private static void navigation(String text) {
    int line = text.indexOf('\n');
    String url = line < 0 ? text : text.substring(0, line);
    List<String> patterns =
        line < 0 ? List.of() : text.substring(line + 1).lines().limit(64).toList();
    NavigationPolicy policy;
    try {
      policy = new NavigationPolicy(ORIGIN, patterns);
    } catch (IllegalArgumentException wrong) {
      require(wrong.getMessage().contains("is not a URL pattern"), "another error: " + wrong);
      return;
    }
    NavigationPolicy strict = new NavigationPolicy(ORIGIN, List.of());
    for (boolean top : new boolean[] {true, false}) {
      for (boolean gesture : new boolean[] {true, false}) {
        Navigation decided = policy.decide(top, url, gesture);
        require(
            decided == strict.decide(top, url, gesture)
                || decided == Navigation.ALLOW
                    && WebUrl.parse(url).filter(WebUrl::isWeb).isPresent(),
            "a pattern allows what is no page: " + url);
      }
    }
  }
}
