package dev.dunlin.scheduler.process;

/** A program could not be started; the message names it and what to check. */
public final class ProcessStartException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ProcessStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
