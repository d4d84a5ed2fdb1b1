package dev.dunlin.shell.operator;

import java.time.Duration;

/** Bounds of what passes between an app and who watches it. */
public final class OperatorLimits {
  /** Version of the protocol. Another one is refused, and both sides say so. */
  public static final int PROTOCOL = 1;

  /** Longest frame of an app. Over: the app leaves out its longest parts; a watcher lets go. */
  public static final int FRAME_BYTES = 1 << 20;

  /** Longest frame of a watcher. Over: it is sent away. */
  public static final int GREETING_BYTES = 1 << 10;

  /** Frames of an app that wait for one watcher to read. Over: it is sent away. */
  public static final int FRAMES_WAITING = 4;

  /** Watchers of one app. Over: the newest is sent away. */
  public static final int WATCHERS = 4;

  /** How long a watcher may take to greet. Over: it is sent away. */
  public static final Duration GREETING = Duration.ofSeconds(5);

  /** How often an app tells. */
  public static final Duration PERIOD = Duration.ofSeconds(1);

  /** How often an app adds up the memory of its processes, which takes some milliseconds each. */
  static final Duration MEMORY_PERIOD = Duration.ofSeconds(5);

  /** How long the app's event loop may take to tell of itself. Over: that part is left out. */
  static final Duration LOOP_PATIENCE = Duration.ofMillis(500);

  /** Calls of a period that are all timed. Over: one of {@link #TIMED_OF}; all are counted. */
  static final int TIMED = 1_000;

  static final int TIMED_OF = 16;

  /** Commands counted apart. Over: the rest are one, called (others). */
  static final int COMMANDS = 400;

  /** Denials kept. Over: the one that was refused longest ago is forgotten. */
  static final int DENIALS = 64;

  /** Processes told of. Over: the rest is left out. */
  static final int PROCESSES = 64;

  /** Console lines of one period. Over: the newest are dropped and counted. */
  static final int LINES = 200;

  /** UTF-16 units of a text: a line, a source, a name. Over: its end is left out. */
  static final int TEXT_LENGTH = 1_000;

  private OperatorLimits() {}

  /** A text of at most {@link #TEXT_LENGTH}. */
  static String cut(String text) {
    return text.length() <= TEXT_LENGTH ? text : text.substring(0, TEXT_LENGTH - 1) + "…";
  }
}
