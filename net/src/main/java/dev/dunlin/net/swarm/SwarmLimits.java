package dev.dunlin.net.swarm;

/** The bounds of a swarm, and what happens beyond each. Times are in milliseconds. */
public final class SwarmLimits {
  private SwarmLimits() {}

  /** Bytes that one Get asks for; who asks for more is not answered. */
  public static final int BLOCK_BYTES = 16 << 10;

  /** Bytes of a blob, which comes from one member; larger ones are refused by the caller's side. */
  public static final int MAX_BLOB_BYTES = 4 << 20;

  /**
   * Members that are known; one more takes the place of one that does not answer, else it is not
   * greeted.
   */
  static final int MAX_MEMBERS = 64;

  /** Peers whose subcluster, and link, is remembered; one more pushes out the oldest. */
  static final int MAX_KNOWN = 512;

  /** Liars that are remembered; the oldest are forgotten, and may lie once more. */
  static final int MAX_BANNED = 512;

  /**
   * Hashes that a member said it lacks; beyond it the oldest are forgotten, and asked for again.
   */
  static final int MAX_ABSENT = 1024;

  /**
   * Blobs that are asked for, or wait, ahead of the one that is wanted next; more are not begun.
   */
  static final int AHEAD = 64;

  /** Bytes of those; a blob beyond it is not begun, unless it is the next one. */
  static final int AHEAD_BYTES = 4 << 20;

  /** Members that one blob is asked of at once; a further one is not. */
  static final int MAX_ATTEMPTS = 3;

  /** Blocks on their way from one member at first. */
  static final int FIRST_WINDOW = 4;

  /** Most blocks on their way from one member: 256 KiB; more wait. */
  static final int MAX_WINDOW = 16;

  /**
   * Answers that may be missed in a row; then a member is left alone for {@link #REST_MILLIS}, and
   * twice as long each time again.
   */
  static final int MAX_SILENT = 6;

  /** The first rest of who does not answer. */
  static final long REST_MILLIS = 10_000;

  /** Times that a rest is doubled; later ones are as long. */
  static final int MAX_RESTS = 5;

  /** Longest rest that a busy member can ask for; what it says beyond it is cut. */
  static final long MAX_BUSY_MILLIS = 5_000;

  /** An answer is awaited at least so long, however fast others came. */
  static final long LEAST_TIMEOUT_MILLIS = 400;

  /** As {@link #LEAST_TIMEOUT_MILLIS}, of who has not answered yet. */
  static final long FIRST_TIMEOUT_MILLIS = 2_000;

  /** An answer is awaited no longer; it is asked for again. */
  static final long MAX_TIMEOUT_MILLIS = 8_000;

  /** A blob that has been under way for longer is asked of another member as well. */
  static final long LATE_MILLIS = 3_000;

  /** Without a whole blob for so long a download fails. */
  static final long NOTHING_MILLIS = 30_000;

  /** When all members have said that they lack a blob, a download fails after that. */
  static final long HOPELESS_MILLIS = 3_000;

  /** How long a survey waits for the first answer; then nobody is there. */
  static final long SURVEY_MILLIS = 20_000;

  /** How long a survey waits for others after the first answer. */
  static final long SETTLE_MILLIS = 1_500;

  /** A Hello without an answer is said again after that, {@link #MAX_HELLOS} times. */
  static final long HELLO_MILLIS = 1_000;

  /** Hellos without an answer; then a peer is left alone until the next survey. */
  static final int MAX_HELLOS = 8;

  /** Between two looks at what is late. */
  static final long TICK_MILLIS = 100;

  /** Between two looks while nothing goes on. */
  static final long IDLE_TICK_MILLIS = 5_000;

  // ---- serving

  /** Hellos and Gets a second from one member; more are dropped. */
  static final int REQUESTS_PER_SECOND = 256;

  /** Hellos and Gets a second from all; more are dropped, whoever they are from. */
  static final int ALL_REQUESTS_PER_SECOND = 1024;

  /** Members whose rates are counted; one more pushes out the one that asked longest ago. */
  static final int MAX_CUSTOMERS = 256;

  /** Reads from the disk at once; who asks for more is told that we are busy. */
  static final int MAX_READS = 16;
}
