package dev.dunlin.bt.commands;

/** Bounds of what pages do with Bluetooth. What exceeding one gives stands beside it. */
final class BluetoothLimits {
  /** Bytes of one push message. Over: what is told goes in more messages than one. */
  static final int MESSAGE_BYTES = 32 << 10;

  /**
   * Bytes that wait in the host for a page that does not take them, besides 1 MiB under way. Over:
   * values wait in their devices' own bounded queues, of which the oldest are dropped and counted;
   * of anything else, the page has lost the device or the advertisement.
   */
  static final int WAITING_BYTES = 128 << 10;

  /** Devices that an app may have been granted. Over: the one granted first is forgotten. */
  static final int GRANTS = 256;

  /** The file of grants. Over, it was not written by Dunlin: {@code ERR_BLUETOOTH_GRANTS}. */
  static final int GRANTS_BYTES = 4 << 20;

  /**
   * Services that a device is granted for in all. Over: what was granted before is not any more.
   */
  static final int GRANT_SERVICES = 128;

  /** Companies whose data of a device may be seen. Over: as with services. */
  static final int GRANT_COMPANIES = 128;

  /** Filters of one request for a device. Over: {@code ERR_INVALID_CALL}. */
  static final int FILTERS = 64;

  /** Conditions of one kind in a filter. Over: {@code ERR_INVALID_CALL}. */
  static final int CONDITIONS = 64;

  /**
   * Bytes of a data prefix in a filter; no advertisement has more. Over: {@code ERR_INVALID_CALL}.
   */
  static final int PREFIX_BYTES = 255;

  /** UTF-16 units of a name in a filter or an advertisement. Over: {@code ERR_INVALID_CALL}. */
  static final int NAME_CHARS = 248;

  /** Devices that the chooser lists. Over: those that come later are left out. */
  static final int CANDIDATES = 256;

  /** Requests of centrals that one page has not answered. Over: the request fails at once. */
  static final int REQUESTS = 64;

  /** Centrals of one advertising page that are told apart. Over: they have the number 0. */
  static final int CENTRALS = 1024;

  /** Services of one server. Over: {@code ERR_INVALID_CALL}. */
  static final int SERVICES = 64;

  /** Attributes of one server. Over: {@code ERR_INVALID_CALL}. */
  static final int ATTRIBUTES = 1024;

  private BluetoothLimits() {}
}
