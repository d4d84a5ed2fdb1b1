package dev.dunlin.net.peer;

/** What the signatures of a message prove. All hold besides the seal of its subcluster. */
public enum Verified {
  /** Nothing: no signature, or a wrong one. */
  NONE,
  /**
   * The signature of the peers there are, which leaves out the first 64 bytes and binds nothing.
   */
  LEGACY,
  /** Ours, over ids, cluster, event and time: this sender wrote this message for here. */
  STRONG
}
