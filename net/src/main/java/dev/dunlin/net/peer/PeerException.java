package dev.dunlin.net.peer;

/** What was asked of a peer cannot be done; the message says what to do. */
public final class PeerException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String code;

  public PeerException(String code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  /** EADDRINUSE, EHOSTUNREACH, … */
  public String code() {
    return code;
  }
}
