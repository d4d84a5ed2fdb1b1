package dev.dunlin.net.crypto;

/** What came out of a sealed message. */
public sealed interface Opened {
  /** The plain text. Not copied. */
  record Plain(byte[] bytes) implements Opened {}

  /** It could not be opened. */
  record Failed(Fault fault) implements Opened {}

  /** Why not. */
  enum Fault {
    /** Not for this key, or changed on its way. */
    WRONG_KEY,
    /** Too short for a signature. */
    EMALFORMED,
    /** The signature inside is not that of the subcluster. */
    ENOTVERIFIED
  }
}
