package dev.dunlin.shell.spelling;

/** A dictionary that Chromium can't have. The message says where in which file, and why. */
public final class SpellingException extends Exception {
  private static final long serialVersionUID = 1;

  /** What is wrong with it. */
  public enum Reason {
    /** It is larger than {@link Hunspell} takes. */
    TOO_LARGE,
    /** Its encoding has no name that Java knows. */
    ENCODING,
    /** It says something that is no hunspell, or not in the encoding that it names. */
    MALFORMED,
    /** Chromium's spell checker has no such rule. */
    UNSUPPORTED,
    /** There is no word in it. */
    EMPTY
  }

  private final Reason reason;

  SpellingException(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  /** What is wrong with it. */
  public Reason reason() {
    return reason;
  }
}
