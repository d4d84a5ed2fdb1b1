package dev.dunlin.bt;

import io.vertx.core.Future;

/** Looking for devices, until it is stopped or the adapter stops it. */
public sealed interface Scan permits LiveScan {
  /** What is heard. At its end by the adapter (off, unplugged) it fails with the reason. */
  Events<Advertisement> events();

  /** Stops it; again is no failure. */
  Future<Void> stop();
}
