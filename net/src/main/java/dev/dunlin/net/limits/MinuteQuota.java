package dev.dunlin.net.limits;

/**
 * So many packets a calendar minute; who goes beyond has one fewer the next, who behaves gets it
 * back. Thread: its owner's.
 */
public final class MinuteQuota {
  private final int full;
  private int quota;
  private long minute;
  private int used;

  /**
   * @param full the quota of who behaves
   * @param minute the calendar minute it begins in
   */
  public MinuteQuota(int full, long minute) {
    this.full = full;
    this.quota = full;
    this.minute = minute;
  }

  /** Counts one packet; false when it is too many. */
  public boolean admits(long minute) {
    if (minute != this.minute) {
      if (used > quota) {
        quota = Math.max(1, quota - 1);
      } else if (quota < full) {
        quota++;
      }
      this.minute = minute;
      used = 0;
    }
    used = Math.min(used + 1, Integer.MAX_VALUE - 1);
    return used < quota;
  }

  /** What it is now. */
  public int quota() {
    return quota;
  }
}
