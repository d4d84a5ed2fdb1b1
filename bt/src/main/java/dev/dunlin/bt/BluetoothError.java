package dev.dunlin.bt;

/** An expected failure of Bluetooth. Carries no stack trace. */
public final class BluetoothError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  public BluetoothError(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  /** What went wrong. */
  public Kind kind() {
    return kind;
  }

  /** The failure as one of ours; what is none is {@link Kind#FAILED} with its message. */
  public static BluetoothError of(Throwable failure) {
    return failure instanceof BluetoothError ours
        ? ours
        : new BluetoothError(Kind.FAILED, "Bluetooth failed: " + failure);
  }

  /** What went wrong; each has the DOMException name that Web Bluetooth, as Chromium has it. */
  public enum Kind {
    /** There is no adapter that could be used; {@link AdapterStatus} says why. */
    NO_ADAPTER("NotFoundError"),
    /** The adapter is off. */
    ADAPTER_OFF("InvalidStateError"),
    /** The Bluetooth service or its adapter went away while this was under way. */
    ADAPTER_GONE("NetworkError"),
    /** The operating system does not let this user use Bluetooth. */
    DENIED("SecurityError"),
    /** The link is not there, or broke while this was under way. */
    DISCONNECTED("NetworkError"),
    /** It took longer than its deadline. */
    TIMEOUT("NetworkError"),
    /** No such device, service, characteristic or descriptor. */
    NOT_FOUND("NotFoundError"),
    /** The handle is of a table of services that is not there any more. */
    STALE("InvalidStateError"),
    /** The attribute cannot be read, written or subscribed to. */
    NOT_SUPPORTED("NotSupportedError"),
    /** The device refuses this without more rights. */
    NOT_AUTHORIZED("SecurityError"),
    /** The device wants to be paired first, or pairing was refused. */
    NOT_PAIRED("NetworkError"),
    /** A value is longer than the attribute or the standard allows. */
    INVALID_LENGTH("InvalidModificationError"),
    /** The caller's description is wrong. */
    INVALID_ARGUMENT("TypeError"),
    /** The same is under way already. */
    BUSY("NetworkError"),
    /** A bound of ours is reached. */
    LIMIT("QuotaExceededError"),
    /** Given up by the caller. */
    ABORTED("AbortError"),
    /** The device or the stack says no more than that it failed. */
    FAILED("NotSupportedError");

    private final String domName;

    Kind(String domName) {
      this.domName = domName;
    }

    /** The name of the DOMException (or TypeError) that a page gets. */
    public String domName() {
      return domName;
    }
  }
}
