package dev.dunlin.shell.config;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Consumer;

/**
 * The {@code policy[]} lines of {@code [security]} as one Content Security Policy.
 *
 * <p>In a policy as browsers read it, a directive that stands there twice counts once: what the
 * second grants is lost without a word. In {@code socket.ini} each further one adds its sources to
 * the first of this name, so that a line can be added for what a denial asks for.
 */
final class PolicyLines {
  private static final String NONE = "'none'";

  private PolicyLines() {}

  /**
   * Merges directives of the same name, whatever the case. Policies joined by commas stay apart:
   * all of them must allow.
   *
   * @param policy the lines, joined by semicolons
   * @param warning told when {@code 'none'} stands next to other sources and is left out
   */
  static String merge(String policy, Consumer<String> warning) {
    StringJoiner policies = new StringJoiner(", ");
    for (String one : policy.split(",")) {
      String merged = mergeOne(one, warning);
      if (!merged.isEmpty()) {
        policies.add(merged);
      }
    }
    return policies.toString();
  }

  private static String mergeOne(String policy, Consumer<String> warning) {
    Map<String, String> names = new LinkedHashMap<>();
    Map<String, Set<String>> sources = new LinkedHashMap<>();
    for (String part : policy.split(";")) {
      if (!part.isBlank()) {
        List<String> words = List.of(part.strip().split("\\s+"));
        String name = words.get(0).toLowerCase(Locale.ROOT);
        names.putIfAbsent(name, words.get(0));
        sources
            .computeIfAbsent(name, first -> new LinkedHashSet<>())
            .addAll(words.subList(1, words.size()));
      }
    }
    StringJoiner joined = new StringJoiner("; ");
    sources.forEach(
        (name, all) -> {
          if (all.size() > 1 && all.removeIf(NONE::equalsIgnoreCase)) {
            warning.accept(
                names.get(name)
                    + " has 'none' and other sources; 'none' is left out, as browsers ignore it"
                    + " there");
          }
          joined.add((names.get(name) + " " + String.join(" ", all)).strip());
        });
    return joined.toString();
  }
}
