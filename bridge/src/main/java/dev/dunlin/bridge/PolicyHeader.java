package dev.dunlin.bridge;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes the {@code Content-Security-Policy} header of the app's documents from what {@code
 * socket.ini} says.
 */
public final class PolicyHeader {
  private static final Pattern NAME = Pattern.compile("/\\$([A-Z][A-Z_]*)(?=/|$)");
  private static final Pattern IPC = Pattern.compile("(?i)ipc:.*");

  /** What opened things and pushes need; the opening command was the permission. */
  private static final List<String> OPENED = List.of("ipc://handle/", "ipc://push/");

  /** Who may start some program may ask where programs are. */
  private static final String CHILDREN = "ipc://child-process/";

  private static final String LOOKUP = CHILDREN + "lookup";

  /**
   * Who may ask for some device, or advertise, may also see what was granted, and whether it works.
   */
  private static final String BLUETOOTH = "ipc://bluetooth/";

  private static final List<String> GRANTED =
      List.of(BLUETOOTH + "availability", BLUETOOTH + "device/", BLUETOOTH + "devices");

  private final Map<String, List<Path>> names;

  /**
   * @param names where {@code $HOME} and the like are, by name without the {@code $}; a name has
   *     one path or several (as written, and real)
   */
  public PolicyHeader(Map<String, List<Path>> names) {
    this.names = Map.copyOf(names);
  }

  /**
   * The header's value: in every {@code ipc:} source the first {@code $NAME} that is a whole
   * segment stands for its paths (one source for each), {@code _} in the module's name becomes
   * {@code -} (Chromium ignores a source with an underscore in its host), and a policy whose
   * connect directive has an {@code ipc:} source also allows {@code ipc://handle/} and {@code
   * ipc://push/}, one with an {@code ipc://child-process/} source {@code
   * ipc://child-process/lookup}, and one with an {@code ipc://bluetooth/} source what tells of
   * granted devices and of the adapter.
   *
   * @param policies one policy, or several joined by commas
   * @throws IllegalArgumentException if a source has a {@code $NAME} nobody knows
   */
  public String value(String policies) {
    StringJoiner header = new StringJoiner(", ");
    for (String policy : policies.split(",")) {
      String one = policy(policy);
      if (!one.isEmpty()) {
        header.add(one);
      }
    }
    return header.toString();
  }

  private String policy(String policy) {
    List<List<String>> directives = new ArrayList<>();
    for (String part : policy.split(";")) {
      if (!part.isBlank()) {
        List<String> tokens = new ArrayList<>();
        for (String token : part.strip().split("\\s+")) {
          tokens.addAll(IPC.matcher(token).matches() ? expand(token) : List.of(token));
        }
        directives.add(tokens);
      }
    }
    directives.stream()
        .filter(d -> d.get(0).equalsIgnoreCase("connect-src"))
        .findFirst()
        .or(
            () ->
                directives.stream()
                    .filter(d -> d.get(0).equalsIgnoreCase("default-src"))
                    .findFirst())
        .filter(d -> d.stream().anyMatch(token -> IPC.matcher(token).matches()))
        .ifPresent(
            d -> {
              OPENED.stream().filter(source -> !d.contains(source)).forEach(d::add);
              addWhere(d, CHILDREN, List.of(LOOKUP));
              addWhere(d, BLUETOOTH, GRANTED);
            });
    StringJoiner joined = new StringJoiner("; ");
    directives.forEach(d -> joined.add(String.join(" ", d)));
    return joined.toString();
  }

  /** Adds sources to a directive that has one with this beginning. */
  private static void addWhere(List<String> directive, String beginning, List<String> sources) {
    if (directive.stream().anyMatch(source -> source.startsWith(beginning))) {
      sources.stream().filter(source -> !directive.contains(source)).forEach(directive::add);
    }
  }

  private Set<String> expand(String source) {
    String dashed = source;
    int slashes = source.indexOf("://");
    if (slashes > 0) {
      int path = source.indexOf('/', slashes + 3);
      int end = path < 0 ? source.length() : path;
      dashed = source.substring(0, end).replace('_', '-') + source.substring(end);
    }
    Matcher name = NAME.matcher(dashed);
    if (!name.find()) {
      return Set.of(dashed);
    }
    List<Path> paths = names.get(name.group(1));
    if (paths == null) {
      throw new IllegalArgumentException(
          "no folder is called $"
              + name.group(1)
              + " in the policy source "
              + source
              + "; known are "
              + names.keySet().stream().sorted().map(n -> "$" + n).toList());
    }
    Set<String> expanded = new LinkedHashSet<>();
    for (Path path : paths) {
      expanded.add(
          dashed.substring(0, name.start())
              + CommandUrl.encodePath(CommandUrl.slashed(path))
              + dashed.substring(name.end()));
    }
    return expanded;
  }
}
