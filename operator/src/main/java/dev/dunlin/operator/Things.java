package dev.dunlin.operator;

import dev.dunlin.shell.operator.Snapshot;
import dev.dunlin.shell.operator.Snapshot.Thing;
import java.util.List;
import java.util.function.Predicate;

/** What modules and open things tell of themselves, by module. */
final class Things {
  private Things() {}

  static List<Thing> of(Snapshot snapshot, String module, Predicate<Thing> which) {
    return snapshot.things().stream()
        .filter(thing -> thing.module().equals(module))
        .filter(which)
        .toList();
  }

  static boolean isOpen(Thing thing) {
    return thing.window() >= 0;
  }

  static long number(Thing thing, String fact) {
    return thing.facts().get(fact) instanceof Number number ? number.longValue() : 0;
  }

  static String window(Thing thing) {
    return thing.window() < 0 ? "app" : Integer.toString(thing.window());
  }
}
