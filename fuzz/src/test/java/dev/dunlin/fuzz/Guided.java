package dev.dunlin.fuzz;

/** What Jazzer calls: one target, by the name in its arguments. */
public final class Guided {
  private static Target target;

  private Guided() {}

  public static void fuzzerInitialize(String[] names) {
    target = Targets.named(names[0]);
  }

  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    if (input.length <= target.maxBytes()) {
      target.check().of(input);
    }
  }
}
