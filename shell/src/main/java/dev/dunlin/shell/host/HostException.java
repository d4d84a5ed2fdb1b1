package dev.dunlin.shell.host;

/** The machine lacks something; the message names it and the cure. */
public class HostException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public HostException(String message) {
    super(message);
  }

  public HostException(String message, Throwable cause) {
    super(message, cause);
  }
}
