package dev.dunlin.bt;

/**
 * What can be done with a characteristic (or, in a server's description, a descriptor). Those that
 * need encryption are for descriptions only.
 */
public enum Property {
  BROADCAST("broadcast"),
  READ("read"),
  WRITE_WITHOUT_RESPONSE("write-without-response"),
  WRITE("write"),
  NOTIFY("notify"),
  INDICATE("indicate"),
  AUTHENTICATED_SIGNED_WRITES("authenticated-signed-writes"),
  EXTENDED_PROPERTIES("extended-properties"),
  RELIABLE_WRITE("reliable-write"),
  WRITABLE_AUXILIARIES("writable-auxiliaries"),
  ENCRYPT_READ("encrypt-read"),
  ENCRYPT_WRITE("encrypt-write"),
  ENCRYPT_AUTHENTICATED_READ("encrypt-authenticated-read"),
  ENCRYPT_AUTHENTICATED_WRITE("encrypt-authenticated-write");

  private final String word;

  Property(String word) {
    this.word = word;
  }

  /** BlueZ's word for it. */
  public String word() {
    return word;
  }
}
