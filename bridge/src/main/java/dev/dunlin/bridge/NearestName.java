package dev.dunlin.bridge;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds what a typing error was meant to be. */
public final class NearestName {
  /** A longer name is no typing error, in UTF-16 units: comparing is quadratic. Over: none. */
  private static final int LENGTH = 100;

  private NearestName() {}

  /**
   * The known name with the fewest edits from {@code name}, letter case aside; of several the first
   * in alphabetical order.
   *
   * @param edits more of them are no typing error
   */
  public static Optional<String> of(String name, Collection<String> known, int edits) {
    record Near(String name, int distance) {}

    return name.length() > LENGTH
        ? Optional.empty()
        : known.stream()
            .map(one -> new Near(one, distance(name, one)))
            .filter(near -> near.distance <= edits)
            .min(Comparator.comparingInt(Near::distance).thenComparing(Near::name))
            .map(Near::name);
  }

  /** Insertions, deletions, substitutions and swaps of neighbours that turn one into the other. */
  static int distance(String one, String two) {
    String a = one.toLowerCase(Locale.ROOT);
    String b = two.toLowerCase(Locale.ROOT);
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(d[i - 1][j - 1] + change, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
