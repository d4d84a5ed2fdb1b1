package dev.dunlin.bridge.child;

import java.util.HashMap;
import java.util.Map;

/** The environment as the person has it: what programs of the app inherit. */
public final class UserEnvironment {
  /** Set by the {@code dunlin} script: what {@code TMPDIR} was before; empty if there was none. */
  private static final String USER_TMPDIR = "DUNLIN_USER_TMPDIR";

  private UserEnvironment() {}

  public static Map<String, String> get() {
    return of(System.getenv());
  }

  /**
   * Without the private {@code TMPDIR} that this process runs with, which is deleted when it ends:
   * with it would go what a program puts there for others.
   */
  static Map<String, String> of(Map<String, String> ours) {
    Map<String, String> all = new HashMap<>(ours);
    String before = all.remove(USER_TMPDIR);
    if (before != null) {
      all.remove("TMPDIR");
      if (!before.isEmpty()) {
        all.put("TMPDIR", before);
      }
    }
    return all;
  }
}
