package dev.dunlin.shell.operator;

import java.io.IOException;

/** What an app or a recording says is not what it should be; the message says what to do. */
public final class OperatorException extends IOException {
  private static final long serialVersionUID = 1L;

  public OperatorException(String message) {
    super(message);
  }

  public OperatorException(String message, Throwable cause) {
    super(message, cause);
  }
}
