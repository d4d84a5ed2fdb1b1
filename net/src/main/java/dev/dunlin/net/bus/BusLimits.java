package dev.dunlin.net.bus;

import dev.dunlin.net.wire.Head;

/** The bounds of {@code ipc://network/…}, and what exceeding each does. */
final class BusLimits {
  private BusLimits() {}

  /** Peers of one app; a join that needs one more fails with ENOSPC. */
  static final int PEERS = 8;

  /** Pages on one peer, each with a bus of its own; one more fails with ENOSPC. */
  static final int BUSES = 256;

  /** Subclusters of one bus; one more fails with ENOSPC. */
  static final int SUBCLUSTERS = 256;

  /** What waits for a slow page; beyond it the oldest events are dropped and counted. */
  static final int WAITING_BYTES = 2 * Head.MAX_SIZE_BYTES + (64 << 10);

  /** A longer message is refused with ETOOBIG. */
  static final int MESSAGE_BYTES = Head.MAX_SIZE_BYTES;

  /** A longer name of an event is refused. */
  static final int EVENT_CHARS = 4096;

  /** A longer question is refused. */
  static final int QUERY_CHARS = 1024;

  /** A longer saved state is refused. */
  static final int STATE_BYTES = 32 << 20;

  /** Saved states of one app; beyond it the oldest are removed. */
  static final int STATES = 16;

  /** How often a peer's state is saved, if it has changed. What a crash loses is younger. */
  static final long SAVE_MILLIS = 30_000;

  /** How often pages are told what was refused at the door. */
  static final long FIREWALL_MILLIS = 5_000;

  /** Links and members remembered for pages that come later; beyond it the oldest are not told. */
  static final int REMEMBERED = 1024;

  /** Questions whose answers are awaited; those to older ones go to nobody. */
  static final int QUESTIONS = 256;

  /** How long a peer outlives its last page: one that is loaded again finds it as it was. */
  static final long LINGER_MILLIS = 10_000;
}
