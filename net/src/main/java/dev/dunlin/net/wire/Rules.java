package dev.dunlin.net.wire;

/** How liberal the decoder is. */
public enum Rules {
  /**
   * Exactly as liberal as peers there are: a last field cut short passes, and a control message is
   * not checked beyond the first of its keys that is absent.
   */
  UPSTREAM,

  /** Every field whole, every key checked: what a peer of ours receives by. */
  STRICT
}
