package dev.dunlin.installers;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/**
 * The licences that what we ship may have: {@code licences.properties}, by the names that poms give
 * them. Another one stops the build, until a person has read it.
 */
final class Licences {
  private Licences() {}

  /**
   * An SPDX expression of the licences of a pom, which are a choice or parts.
   *
   * @param names as the pom has them
   * @param of named in the error
   * @throws BuildException if one is none of ours
   */
  static String ofNames(List<String> names, String of) throws IOException {
    Properties allowed = allowed();
    Set<String> spdx = new LinkedHashSet<>();
    for (String name : names) {
      spdx.add(Optional.ofNullable(allowed.getProperty(name)).orElseThrow(() -> unknown(name, of)));
    }
    if (spdx.isEmpty()) {
      throw unknown("none", of);
    }
    // Whoever ships it has to keep to all of them, unless there is a choice, which they mark.
    boolean choice = spdx.stream().anyMatch(one -> one.startsWith("EPL") || one.startsWith("LGPL"));
    return String.join(choice ? " OR " : " AND ", spdx);
  }

  /** An npm package's own expression. */
  static String ofExpression(String expression, String of) throws IOException {
    Set<Object> allowed = Set.copyOf(allowed().values());
    for (String word :
        Arrays.stream(expression.split("[() ]+")).filter(w -> !w.isEmpty()).toList()) {
      if (!Set.of("AND", "OR").contains(word) && !allowed.contains(word)) {
        throw unknown(word, of);
      }
    }
    if (expression.isEmpty()) {
      throw unknown("none", of);
    }
    return expression;
  }

  private static Properties allowed() throws IOException {
    Properties allowed = new Properties();
    try (InputStream in = Licences.class.getResourceAsStream("licences.properties")) {
      allowed.load(in);
    }
    return allowed;
  }

  private static BuildException unknown(String licence, String of) {
    return new BuildException(
        of
            + " has the licence '"
            + licence
            + "', which nobody has allowed: read it, then add it to licences.properties, or do"
            + " without "
            + of);
  }
}
