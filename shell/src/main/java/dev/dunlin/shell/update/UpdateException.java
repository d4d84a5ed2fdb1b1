package dev.dunlin.shell.update;

/** Why there is no update, or no app; its message says what to do. Has no stack trace. */
public final class UpdateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Code code;

  /** What pages are told as {@code ERR_UPDATE_…}. */
  public enum Code {
    /** It is no manifest, or a bound is exceeded. */
    MALFORMED,
    /** The signature is missing or another's. */
    SIGNATURE,
    /** It is signed with a key that this app does not trust. */
    KEY,
    EXPIRED,
    /** It is not newer than what has been here. */
    DOWNGRADE,
    /** This version is too old to be updated that way. */
    TOO_OLD,
    WRONG_APP,
    /** The address is not https. */
    URL,
    NETWORK,
    /** A file is not what the manifest says. */
    CONTENT,
    DISK,
    CANCELLED,
    /** Another update is under way. */
    BUSY,
    /** The page wants what is not ready, or this app has no updates. */
    NONE
  }

  public UpdateException(Code code, String message) {
    this(code, message, null);
  }

  public UpdateException(Code code, String message, Throwable cause) {
    super(message, cause, false, false);
    this.code = code;
  }

  public Code code() {
    return code;
  }
}
