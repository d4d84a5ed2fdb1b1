package org.bluez;

import org.freedesktop.dbus.exceptions.DBusExecutionException;

/**
 * What we answer BlueZ when it asks us for something: dbus-java takes the error's name from the
 * class's, so that they must be here.
 */
public final class Error {
  private Error() {}

  /** It failed. */
  public static final class Failed extends DBusExecutionException {
    private static final long serialVersionUID = 1L;

    public Failed(String message) {
      super(message);
    }
  }

  /** The value cannot be had this way. */
  public static final class NotSupported extends DBusExecutionException {
    private static final long serialVersionUID = 1L;

    public NotSupported(String message) {
      super(message);
    }
  }

  /** The other side may not. */
  public static final class NotAuthorized extends DBusExecutionException {
    private static final long serialVersionUID = 1L;

    public NotAuthorized(String message) {
      super(message);
    }
  }

  /** There is no such offset. */
  public static final class InvalidOffset extends DBusExecutionException {
    private static final long serialVersionUID = 1L;

    public InvalidOffset(String message) {
      super(message);
    }
  }

  /** The value is too long. */
  public static final class InvalidValueLength extends DBusExecutionException {
    private static final long serialVersionUID = 1L;

    public InvalidValueLength(String message) {
      super(message);
    }
  }

  /** The person said no. */
  public static final class Rejected extends DBusExecutionException {
    private static final long serialVersionUID = 1L;

    public Rejected(String message) {
      super(message);
    }
  }
}
