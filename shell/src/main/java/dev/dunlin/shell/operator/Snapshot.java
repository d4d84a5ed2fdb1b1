package dev.dunlin.shell.operator;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How an app was in one period, as it goes over the wire and into a recording. Lists are bounded by
 * {@link OperatorLimits}.
 *
 * @param sequence counts those sent since somebody attached
 * @param atMillis calendar time, since 1970
 * @param periodMicros since the one before
 * @param loopMicros what the app's event loop took to answer; -1: it did not, and what only it
 *     knows is left out
 * @param calls of this period, all commands
 * @param commands since somebody attached; those of this period have calls in it
 * @param linesDropped of the console, since somebody attached
 */
public record Snapshot(
    long sequence,
    long atMillis,
    long periodMicros,
    long loopMicros,
    App app,
    Rate calls,
    List<Command> commands,
    List<Denial> denials,
    List<Lane> lanes,
    List<Queue> queues,
    List<Thing> things,
    List<Process> processes,
    List<Line> lines,
    long linesDropped) {

  public Snapshot {
    app = app == null ? App.UNKNOWN : app;
    calls = calls == null ? new Rate(0, 0, 0, 0) : calls;
    commands = given(commands);
    denials = given(denials);
    lanes = given(lanes);
    queues = given(queues);
    things = given(things);
    processes = given(processes);
    lines = given(lines);
  }

  private static <T> List<T> given(List<T> list) {
    return list == null ? List.of() : List.copyOf(list);
  }

  private static String given(String text) {
    return text == null ? "" : text;
  }

  /** Without what may be long, for one that would not fit a frame. */
  Snapshot brief() {
    return new Snapshot(
        sequence,
        atMillis,
        periodMicros,
        loopMicros,
        app,
        calls,
        List.of(),
        List.of(),
        lanes,
        queues,
        List.of(),
        processes,
        List.of(),
        linesDropped + lines.size());
  }

  /** The app that is watched. */
  public record App(
      String title,
      String bundleId,
      String version,
      long pid,
      String folder,
      String dunlin,
      long startedMillis) {
    static final App UNKNOWN = new App("", "", "", 0, "", "", 0);

    public App {
      title = given(title);
      bundleId = given(bundleId);
      version = given(version);
      folder = given(folder);
      dunlin = given(dunlin);
    }
  }

  /** Calls that were answered in a period, and how long they took. */
  public record Rate(long calls, long faults, long p50Micros, long p99Micros) {}

  /**
   * One command since somebody attached.
   *
   * @param name module and function
   * @param calls that were answered
   * @param lately those of this period
   * @param faults those answered with an error
   */
  public record Command(
      String name, long calls, long lately, long faults, long p50Micros, long p99Micros) {
    public Command {
      name = given(name);
    }
  }

  /**
   * What policy refuses.
   *
   * @param directive of the policy that refuses it
   * @param source to add there
   * @param command that was called
   */
  public record Denial(
      String source, String directive, String command, long times, long lastMillis) {
    public Denial {
      source = given(source);
      directive = given(directive);
      command = given(command);
    }
  }

  /**
   * A way for calls.
   *
   * @param calls of this period
   * @param bytes of answers in bytes whose length was known, in this period
   * @param inFlight calls that have no answer yet
   */
  public record Lane(String name, long calls, long bytes, long inFlight) {
    public Lane {
      name = given(name);
    }
  }

  /** Something that waits, and how much of it. */
  public record Queue(String name, String unit, long depth) {
    public Queue {
      name = given(name);
      unit = given(unit);
    }
  }

  /**
   * A module of the app, or something a page has open.
   *
   * @param window whose it is; -1: the app's
   */
  public record Thing(int window, String module, Map<String, Object> facts) {
    public Thing {
      module = given(module);
      facts = facts == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }

    /** A fact as a person reads it; empty if there is none. */
    public String text(String fact) {
      Object value = facts.get(fact);
      return value == null ? "" : value.toString();
    }
  }

  /**
   * A process of the app.
   *
   * @param pssBytes what it has alone, plus its share of what is shared; -1: not known
   */
  public record Process(long pid, String name, long pssBytes) {
    public Process {
      name = given(name);
    }
  }

  /** A line of the console. */
  public record Line(long atMillis, String level, String text) {
    public Line {
      level = given(level);
      text = given(text);
    }
  }
}
