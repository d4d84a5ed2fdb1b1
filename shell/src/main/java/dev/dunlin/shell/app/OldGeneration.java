package dev.dunlin.shell.app;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryNotificationInfo;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import javax.management.NotificationEmitter;

/**
 * Keeps the old generation of the heap small. What streams leave there is garbage soon, but the
 * serial collector lets it grow to a quarter of the machine's memory before it looks: a page that
 * copied 2 GiB took 3 GiB for it.
 */
final class OldGeneration {
  /** Use in bytes at which the whole heap is collected for the first time. */
  static final long FIRST = 16L << 20;

  /** The next time comes when this many times as much is used as a collection has left. */
  static final int GROWTH = 2;

  private OldGeneration() {}

  /** Begins to watch, for as long as the process lives. Takes some 20 ms, so not during a start. */
  static void keepSmall() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported()) {
        pool.setUsageThreshold(FIRST);
        ((NotificationEmitter) memory)
            .addNotificationListener(
                (notification, none) -> {
                  memory.gc();
                  pool.setUsageThreshold(Math.max(FIRST, GROWTH * pool.getUsage().getUsed()));
                },
                notification ->
                    notification.getType().equals(MemoryNotificationInfo.MEMORY_THRESHOLD_EXCEEDED),
                null);
      }
    }
  }
}
