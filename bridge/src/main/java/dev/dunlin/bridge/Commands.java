package dev.dunlin.bridge;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Every command of the app, by module and function. Immutable. */
final class Commands {
  /** The module name of URLs that act on something open. */
  static final String HANDLE = "handle";

  /** A name longer than any command's is not compared with them. */
  private static final int NEAREST_LENGTH = 64;

  private final Map<String, Entry> byName = new HashMap<>();

  record Entry(String module, Command command) {
    boolean actsOnHandle() {
      return command.resource() instanceof Command.Resource.Handle;
    }

    String name() {
      return (actsOnHandle() ? HANDLE + "/" : "") + module + "/" + command.function();
    }
  }

  /**
   * @throws IllegalArgumentException if two commands have one name, or a declaration makes no sense
   */
  Commands(Collection<CommandModule> modules) {
    for (CommandModule module : modules) {
      // Chromium ignores a policy source whose host has an underscore: see CommandUrl.
      String host = module.name().replace('_', '-');
      if (!host.matches("[a-z0-9-]+") || host.equals(HANDLE)) {
        throw new IllegalArgumentException("'" + module.name() + "' can't be a module's name");
      }
      for (Command command : module.commands()) {
        Entry entry = new Entry(host, command);
        if (command.resource() instanceof Command.Resource.File
            && command.permission() != Command.Permission.POLICY) {
          throw new IllegalArgumentException(entry.name() + " touches files: policy must decide");
        }
        if (command.runsOn() == Command.RunsOn.ARRIVAL
            && !(command.resource() instanceof Command.Resource.None)) {
          throw new IllegalArgumentException(entry.name() + " names something: the loop finds it");
        }
        if (byName.put(entry.name(), entry) != null) {
          throw new IllegalArgumentException("two commands are called " + entry.name());
        }
      }
    }
  }

  /** Whether a URL names a command that is answered where its call arrives. */
  boolean runsOnArrival(CommandUrl url) {
    Entry entry = byName.get(url.host() + "/" + url.function());
    return entry != null && entry.command().runsOn() == Command.RunsOn.ARRIVAL;
  }

  /** The command a URL names. */
  Entry find(CommandUrl url) {
    String name;
    if (url.host().equals(HANDLE)) {
      if (url.segments().size() != 3 || url.folder()) {
        throw new BridgeError(
            "TypeError",
            "ERR_INVALID_CALL",
            "expected ipc://handle/<module>/<function>/<handle id>, not " + brief(url.toString()));
      }
      name = HANDLE + "/" + url.function().replace('_', '-') + "/" + url.segments().get(1);
    } else {
      name = url.host() + "/" + url.function();
    }
    Entry entry = byName.get(name);
    if (entry == null) {
      throw unknown(name);
    }
    return entry;
  }

  private BridgeError unknown(String name) {
    String nearest =
        name.length() > NEAREST_LENGTH
            ? ""
            : byName.keySet().stream()
                .min(
                    Comparator.comparingInt((String known) -> distance(name, known))
                        .thenComparing(Comparator.naturalOrder()))
                .map(known -> "; the nearest known one is ipc://" + known)
                .orElse("");
    return new BridgeError(
        "TypeError", "ERR_UNKNOWN_COMMAND", "no command ipc://" + brief(name) + nearest);
  }

  private static String brief(String text) {
    return text.length() <= 2 * NEAREST_LENGTH ? text : text.substring(0, 2 * NEAREST_LENGTH) + "…";
  }

  /** Edits between two names, letter case aside (Levenshtein). */
  static int distance(String one, String two) {
    String a = one.toLowerCase(Locale.ROOT);
    String b = two.toLowerCase(Locale.ROOT);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
