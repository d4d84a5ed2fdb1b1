package dev.dunlin.fuzz;

import java.nio.charset.StandardCharsets;

/**
 * A parser of bytes from outside, with what must hold of it whatever they are.
 *
 * @param name of its folder of seeds
 * @param maxBytes of an input; longer ones are not made
 * @param check throws when something does not hold
 */
public record Target(String name, int maxBytes, Check check) {
  /** What must hold. */
  public interface Check {
    void of(byte[] input) throws Exception;
  }

  /** One of a text: any, also what no UTF-8 has. */
  public static Target ofText(String name, int maxBytes, TextCheck check) {
    return new Target(name, maxBytes, input -> check.of(text(input)));
  }

  /** What must hold of a text. */
  public interface TextCheck {
    void of(String input) throws Exception;
  }

  /** Behind a zero byte: UTF-16, so that there are lone surrogates. Else UTF-8. */
  private static String text(byte[] input) {
    if (input.length == 0 || input[0] != 0) {
      return new String(input, StandardCharsets.UTF_8);
    }
    StringBuilder text = new StringBuilder();
    for (int i = 1; i + 1 < input.length; i += 2) {
      text.append((char) (input[i] << 8 | input[i + 1] & 0xff));
    }
    return text.toString();
  }

  /** Says what does not hold. */
  public static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  /** Says that two do not agree. */
  public static void requireSame(Object one, Object other, String what) {
    if (!one.equals(other)) {
      throw new AssertionError(what + ": " + one + " and " + other);
    }
  }
}
