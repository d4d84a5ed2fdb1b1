package dev.dunlin.shell.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * The app's policy while its dev server runs: with the server's web socket, and with a nonce for
 * what the server puts into the page (styles and a script that are files in a build). Nothing else
 * is let in, so that what works in the dev loop works in a build.
 */
final class DevPolicy {
  private static final String NONE = "'none'";
  private static final String INLINE = "'unsafe-inline'";

  private DevPolicy() {}

  /**
   * @param policy as {@code Content-Security-Policy} has it; several are separated by commas
   * @param port of the dev server on 127.0.0.1
   * @param nonce that the dev server gives what it puts into the page
   */
  static String of(String policy, int port, String nonce) {
    StringJoiner policies = new StringJoiner(", ");
    for (String one : policy.split(",")) {
      Map<String, List<String>> directives = parse(one);
      add(directives, "connect-src", "ws://127.0.0.1:" + port, true);
      for (String name : List.of("script-src", "style-src")) {
        add(directives, name, "'nonce-" + nonce + "'", true);
        add(directives, name + "-elem", "'nonce-" + nonce + "'", false);
      }
      StringJoiner joined = new StringJoiner("; ");
      directives.forEach(
          (name, sources) -> joined.add((name + " " + String.join(" ", sources)).strip()));
      policies.add(joined.toString());
    }
    return policies.toString();
  }

  private static Map<String, List<String>> parse(String policy) {
    Map<String, List<String>> directives = new LinkedHashMap<>();
    for (String part : policy.split(";")) {
      if (!part.isBlank()) {
        List<String> words = List.of(part.strip().split("\\s+"));
        directives.putIfAbsent(
            words.get(0).toLowerCase(Locale.ROOT), new ArrayList<>(words.subList(1, words.size())));
      }
    }
    return directives;
  }

  /**
   * @param falls whether {@code default-src} holds where the directive is missing
   */
  private static void add(
      Map<String, List<String>> directives, String name, String source, boolean falls) {
    Optional<List<String>> given =
        Optional.ofNullable(directives.get(name))
            .or(
                () ->
                    Optional.ofNullable(directives.get("default-src"))
                        .filter(sources -> falls)
                        .map(ArrayList::new));
    if (given.isEmpty()
        || source.startsWith("'nonce-")
            && given.get().stream().anyMatch(INLINE::equalsIgnoreCase)) {
      // Nothing is refused, and a nonce would switch 'unsafe-inline' off.
      return;
    }
    given.get().removeIf(NONE::equalsIgnoreCase);
    given.get().add(source);
    directives.put(name, given.get());
  }
}
