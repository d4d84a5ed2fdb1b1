package dev.dunlin.net.wire;

/** Our own caller asked for a packet that the wire can't carry. Foreign bytes never cause it. */
public final class WireException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String code;

  public WireException(String code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  /** ETOOBIG and the like. */
  public String code() {
    return code;
  }
}
