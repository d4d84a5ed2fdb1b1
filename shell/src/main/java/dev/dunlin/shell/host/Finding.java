package dev.dunlin.shell.host;

/**
 * What the doctor says of one item.
 *
 * @param cure what to do; empty when all is well
 */
public record Finding(String item, Verdict verdict, String detail, String cure) {
  /** How bad it is. */
  public enum Verdict {
    OK,
    /** Works, with less. */
    WARN,
    /** Does not work. */
    FAIL
  }

  static Finding ok(String item, String detail) {
    return new Finding(item, Verdict.OK, detail, "");
  }

  static Finding warn(String item, String detail, String cure) {
    return new Finding(item, Verdict.WARN, detail, cure);
  }

  static Finding fail(String item, String detail, String cure) {
    return new Finding(item, Verdict.FAIL, detail, cure);
  }

  /** The same, where one can do without. */
  Finding atMostWarn() {
    return verdict == Verdict.FAIL ? warn(item, detail, cure) : this;
  }

  /** One line. */
  @Override
  public String toString() {
    return String.format(
        "%-4s  %-9s  %s%s",
        verdict.name().toLowerCase(java.util.Locale.ROOT),
        item,
        detail,
        cure.isEmpty() ? "" : " -> " + cure);
  }
}
