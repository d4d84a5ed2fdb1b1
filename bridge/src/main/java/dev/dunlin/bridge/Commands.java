package dev.dunlin.bridge;

import dev.dunlin.bridge.AlwaysAllowed.Callers;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Every command of the app, by module and function. Thread: any. */
final class Commands {
  /** The module name of URLs that act on something open. */
  static final String HANDLE = "handle";

  /** What an error repeats of a name, in UTF-16 units. Over: the rest is left out. */
  private static final int SHOWN_LENGTH = 128;

  private final Set<String> added = ConcurrentHashMap.newKeySet();

  // Replaced as a whole, under this.
  private volatile Map<String, Entry> byName;

  /**
   * @param always who may call it if no policy decides
   * @param name by which URLs find it
   */
  record Entry(String module, Command command, Callers always, String name) {
    static Entry of(String module, Command command, Map<String, Callers> alwaysAllowed) {
      String name = module + "/" + command.function();
      boolean onHandle = command.resource() instanceof Command.Resource.Handle;
      return new Entry(
          module, command, alwaysAllowed.get(name), onHandle ? HANDLE + "/" + name : name);
    }

    boolean actsOnHandle() {
      return command.resource() instanceof Command.Resource.Handle;
    }
  }

  /**
   * @param alwaysAllowed who may call those commands that no policy decides, by their names
   * @throws IllegalArgumentException if two commands have one name, or a declaration makes no sense
   */
  Commands(Collection<CommandModule> modules, Map<String, Callers> alwaysAllowed) {
    Map<String, Entry> all = new HashMap<>();
    for (CommandModule module : modules) {
      put(module, alwaysAllowed, all);
    }
    byName = all;
  }

  /**
   * Adds a module that is of the app, not of Dunlin: none of its commands is allowed always.
   *
   * @throws IllegalArgumentException if there is one of its name, or a declaration makes no sense
   */
  synchronized void add(CommandModule module) {
    String host = module.name().replace('_', '-');
    if (byName.values().stream().anyMatch(entry -> entry.module().equals(host))) {
      throw new IllegalArgumentException("there is a module '" + host + "' already");
    }
    Map<String, Entry> all = new HashMap<>(byName);
    put(module, Map.of(), all);
    byName = all;
    added.add(host);
  }

  /** Takes out what {@link #add} has added. */
  synchronized void remove(String module) {
    String host = module.replace('_', '-');
    if (added.remove(host)) {
      Map<String, Entry> all = new HashMap<>(byName);
      all.values().removeIf(entry -> entry.module().equals(host));
      byName = all;
    }
  }

  private static void put(
      CommandModule module, Map<String, Callers> alwaysAllowed, Map<String, Entry> all) {
    // Chromium ignores a policy source whose host has an underscore: see CommandUrl.
    String host = module.name().replace('_', '-');
    if (!host.matches("[a-z0-9-]+") || host.equals(HANDLE)) {
      throw new IllegalArgumentException("'" + module.name() + "' can't be a module's name");
    }
    for (Command command : module.commands()) {
      Entry entry = Entry.of(host, command, alwaysAllowed);
      boolean always = command.permission() == Command.Permission.ALWAYS;
      if (always && (entry.always == null || entry.actsOnHandle())) {
        throw new IllegalArgumentException(
            entry.name() + " declares ALWAYS and does not stand in AlwaysAllowed");
      }
      if (always
          && (command.resource() instanceof Command.Resource.File
              || command.resource() instanceof Command.Resource.Address)) {
        throw new IllegalArgumentException(
            entry.name() + " touches files or the network: policy must decide");
      }
      if (command.runsOn() == Command.RunsOn.ARRIVAL
          && !(command.resource() instanceof Command.Resource.None)) {
        throw new IllegalArgumentException(entry.name() + " names something: the loop finds it");
      }
      if (all.put(entry.name(), entry) != null) {
        throw new IllegalArgumentException("two commands are called " + entry.name());
      }
    }
  }

  /** Whether a URL names a command that runs there. */
  boolean runsOn(CommandUrl url, Command.RunsOn place) {
    Entry entry = byName.get(url.host() + "/" + url.function());
    return entry != null && entry.command().runsOn() == place;
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
        NearestName.of(name, byName.keySet(), Integer.MAX_VALUE)
            .map(known -> "; the nearest known one is ipc://" + known)
            .orElse("");
    return new BridgeError(
        "TypeError", "ERR_UNKNOWN_COMMAND", "no command ipc://" + brief(name) + nearest);
  }

  private static String brief(String text) {
    return text.length() <= SHOWN_LENGTH ? text : text.substring(0, SHOWN_LENGTH) + "…";
  }
}
