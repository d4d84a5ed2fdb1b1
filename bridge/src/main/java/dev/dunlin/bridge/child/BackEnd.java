package dev.dunlin.bridge.child;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.dunlin.bridge.JsonValues;
import dev.dunlin.bridge.fs.Errno;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.scheduler.Backoff;
import dev.dunlin.scheduler.Scheduler;
import dev.dunlin.scheduler.Threads;
import dev.dunlin.scheduler.process.BoundedLines;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.ParentDeath;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The app's back end: a program of its own in any language, which talks to the pages by lines of
 * {@code ipc://} URLs on its standard streams (docs/back-ends.md).
 *
 * <p>It is started again when it fails, with a growing pause, and given up when it fails at once
 * again and again. A page that does not take its messages makes it wait, by the full pipe.
 *
 * <p><i>Thread:</i> any; nothing blocks. State is the scheduler's lane's.
 */
public final class BackEnd {
  /** One line. Over: the line is left out and the developer told. */
  static final int LINE_BYTES = 8 << 20;

  /** Failures in a row, each within {@link #STEADY} of its start. Over: it is not started again. */
  static final int FAILURES = 5;

  /** A back end that has run that long has not failed at once. */
  static final Duration STEADY = Duration.ofSeconds(30);

  /** Silence of a back end that has sent a heartbeat. Over: it is killed, and started again. */
  static final Duration HEARTBEAT_SILENCE = Duration.ofSeconds(30);

  /**
   * Wait, after its end, for what it has said. Over: what holds its output on is left alone, and
   * not heard any more.
   */
  static final Duration LAST_WORDS = Duration.ofSeconds(1);

  /** Time to close when asked to. Over: it is killed. */
  static final Duration CLOSE_GRACE = Duration.ofSeconds(2);

  /** What it says, and to whom. */
  public interface Events {
    /**
     * An event for the pages of a window.
     *
     * @param window -1 for all
     * @return completes when more may follow
     */
    Future<Void> send(int window, String event, Object detail);

    /** A line for the developer. */
    void print(boolean error, String line);

    /** It asks for the end of the app. */
    void exit(int code);
  }

  private final List<String> argv;
  private final Path directory;
  private final Map<String, String> environment;
  private final Scheduler scheduler;
  private final Backoff backoff;
  private final Duration silence;
  private final Events events;

  // Owned by the lane.
  private Optional<Run> run = Optional.empty();
  private Optional<Future<Map<String, Object>>> opening = Optional.empty();
  private Future<Void> stopping = Future.succeededFuture();
  private Optional<Scheduler.Timer> restart = Optional.empty();
  private int failures;

  /** One process of it. */
  private final class Run {
    final RunningChild child;
    final Duration since = scheduler.now();
    final Map<String, Object> facts;
    volatile boolean delivering;
    // Owned by the lane.
    Optional<Scheduler.Timer> watch = Optional.empty();
    Optional<Scheduler.Timer> lastWords = Optional.empty();
    Duration lastBeat = Duration.ZERO;
    boolean stopped;
    boolean over;

    Run(ChildProcess process, Map<String, Object> facts) {
      child = new RunningChild(process, "back end", false);
      this.facts = facts;
    }
  }

  /**
   * @param argv program and arguments; a program with a slash is in {@code directory}, another in
   *     PATH
   * @param directory where it runs
   * @param environment all of its variables
   */
  public BackEnd(
      List<String> argv,
      Path directory,
      Map<String, String> environment,
      Scheduler scheduler,
      Backoff backoff,
      Events events) {
    this(argv, directory, environment, scheduler, backoff, HEARTBEAT_SILENCE, events);
  }

  /** For tests: with another {@link #HEARTBEAT_SILENCE}. */
  BackEnd(
      List<String> argv,
      Path directory,
      Map<String, String> environment,
      Scheduler scheduler,
      Backoff backoff,
      Duration silence,
      Events events) {
    this.silence = silence;
    this.argv = List.copyOf(argv);
    this.directory = directory;
    this.environment = Map.copyOf(environment);
    this.scheduler = scheduler;
    this.backoff = backoff;
    this.events = events;
  }

  /**
   * Starts it, or says what runs.
   *
   * @param force starts it anew if it runs
   */
  public Future<Map<String, Object>> open(boolean force) {
    return scheduler
        .lane()
        .call(
            () -> {
              if (opening.isPresent()) {
                return opening.get();
              }
              if (!force && run.filter(now -> now.child.process.isAlive()).isPresent()) {
                return Future.succeededFuture(run.get().facts);
              }
              failures = 0;
              return begin();
            });
  }

  /** Lane. Until it has begun or failed, whoever opens gets this, and whoever closes waits. */
  private Future<Map<String, Object>> begin() {
    Promise<Map<String, Object>> begun = Promise.promise();
    opening = Optional.of(begun.future());
    stop()
        .compose(stopped -> start())
        .onComplete(
            started ->
                scheduler
                    .lane()
                    .execute(
                        () -> {
                          opening = Optional.empty();
                          begun.handle(started);
                        }));
    return begun.future();
  }

  /** Ends it, and starts it no more. */
  public Future<Void> close() {
    return scheduler
        .lane()
        .call(
            () ->
                opening
                    .map(started -> started.transform(any -> scheduler.lane().call(this::stop)))
                    .orElseGet(this::stop));
  }

  /** How it is, for a person who watches the app. */
  Future<Map<String, Object>> inspect() {
    return scheduler
        .lane()
        .call(
            () -> {
              Map<String, Object> facts = new LinkedHashMap<>();
              facts.put("name", String.join(" ", argv));
              facts.put("running", run.filter(now -> now.child.process.isAlive()).isPresent());
              run.ifPresent(now -> facts.put("pid", now.child.process.pid()));
              facts.put("failures", failures);
              return Future.succeededFuture(facts);
            });
  }

  /**
   * Sends it an event. Completes when its input has taken it; fails with {@code EAGAIN} if it does
   * not read, with {@code EPIPE} if it is not there.
   */
  public Future<Void> write(String event, JsonNode value) {
    String text = value.isTextual() ? value.asText() : value.toString();
    byte[] line =
        ("ipc://process.write?event=" + encoded(event) + "&value=" + encoded(text) + "\n")
            .getBytes(StandardCharsets.UTF_8);
    return scheduler
        .lane()
        .call(
            () ->
                run.map(now -> now.child.stdin.write(line))
                    .orElseGet(
                        () ->
                            Future.failedFuture(
                                new BridgeError(
                                    "Error",
                                    "EPIPE",
                                    "EPIPE: the back end does not run: call"
                                        + " application.backend.open() first"))));
  }

  private Future<Map<String, Object>> start() {
    Path program;
    try {
      String name = argv.get(0);
      // By the name that was given: an environment of Python, or a chooser of versions, tells by
      // the link it was called by what it is to be.
      program =
          Programs.at(
              name.contains("/") ? directory.resolve(name).toString() : name, Optional.empty());
    } catch (BridgeError e) {
      return Future.failedFuture(
          new BridgeError(
              "Error",
              e.code(),
              e.code()
                  + ": the back end '"
                  + argv.get(0)
                  + "' of socket.ini's cmd can't be started: "
                  + (e.code().equals(Errno.EACCES.name())
                      ? "make the file executable"
                      : "install the program, or correct cmd (a file of the app is written with a"
                          + " slash: ./backend)")));
    }
    List<String> full = new ArrayList<>(argv);
    full.set(0, program.toString());
    ProcessSpec spec =
        new ProcessSpec(
            full,
            environment,
            Optional.of(directory),
            Stdio.PIPE,
            Stdio.PIPE,
            Stdio.PIPE,
            ParentDeath.DIE_WITH_GROUP);
    return ProcessStarter.get()
        .start(spec)
        .compose(
            process ->
                scheduler.lane().call(() -> Future.succeededFuture(started(process, program))));
  }

  private Map<String, Object> started(ChildProcess process, Path program) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("cmd", String.join(" ", argv));
    facts.put("argv", argv);
    facts.put("path", program.toString());
    facts.put("pid", process.pid());
    Run started = new Run(process, facts);
    run = Optional.of(started);
    Future<Void> said =
        ChildProcess.readLines(
            "backend-out", process.stdout(), LINE_BYTES, line -> heard(started, line));
    Future<Void> complained =
        ChildProcess.readLines(
            "backend-err",
            process.stderr(),
            LINE_BYTES,
            line -> {
              events.print(true, line.text());
              deliver(started, -1, "process-error", line.text());
            });
    process
        .exit()
        .onComplete(
            exit -> {
              // What it has started would hold its ports and files against the next one.
              process.endGroup();
              scheduler
                  .lane()
                  .execute(() -> exited(started, exit.result(), Future.join(said, complained)));
            });
    return facts;
  }

  /** What it said before comes first. */
  private void exited(Run gone, int code, Future<?> heard) {
    gone.lastWords =
        Optional.of(
            scheduler.schedulePeriodic(
                LAST_WORDS,
                () -> {
                  if (!gone.delivering) {
                    ended(gone, code);
                  }
                }));
    heard.onComplete(all -> scheduler.lane().execute(() -> ended(gone, code)));
  }

  /** On its reader's thread, which waits with it: that is what slows a back end down. */
  private void heard(Run from, BoundedLines.Line line) {
    if (line.truncated()) {
      events.print(
          true, "the back end wrote a line of more than " + LINE_BYTES + " bytes: it is left out");
      return;
    }
    String text = line.text();
    if (!text.startsWith("ipc://")) {
      events.print(false, text);
      return;
    }
    Said said;
    try {
      said = Said.of(text);
    } catch (IllegalArgumentException e) {
      events.print(true, "the back end wrote what is no URL: " + e.getMessage());
      return;
    }
    String command = said.command();
    Map<String, String> params = said.params();
    String value = params.getOrDefault("value", "");
    switch (command) {
      case "send" ->
          deliver(
              from, number(params.get("index"), -1), params.getOrDefault("event", ""), json(value));
      case "stdout" -> events.print(false, value);
      case "stderr" -> events.print(true, value);
      case "resolve" ->
          deliver(
              from,
              number(params.get("index"), -1),
              "resolve-" + number(params.get("index"), 0) + "-" + params.getOrDefault("seq", ""),
              Map.of("state", number(params.get("state"), 0), "value", json(value)));
      case "heartbeat" -> {
        from.child.stdin.write(
            ("ipc://resolve?seq=" + encoded(params.getOrDefault("seq", "0")) + "&state=0\n")
                .getBytes(StandardCharsets.UTF_8));
        scheduler.lane().execute(() -> beat(from));
      }
      case "process.exit" -> deliver(from, -1, "process-exit", json(value));
      case "exit" -> events.exit(number(value, 0));
      default ->
          events.print(
              true,
              "the back end wrote ipc://"
                  + command
                  + ", which is no command: send, stdout, stderr, heartbeat, resolve, process.exit"
                  + " and exit are");
    }
  }

  private void deliver(Run from, int window, String event, Object detail) {
    from.delivering = true;
    try {
      events.send(window, event, detail).toCompletionStage().toCompletableFuture().join();
    } finally {
      from.delivering = false;
    }
  }

  private void beat(Run from) {
    from.lastBeat = scheduler.now();
    if (from.watch.isEmpty() && run.filter(now -> now == from).isPresent()) {
      from.watch =
          Optional.of(
              scheduler.schedulePeriodic(
                  silence.dividedBy(2),
                  () -> {
                    if (from.delivering) {
                      // We are the ones that do not listen.
                      from.lastBeat = scheduler.now();
                    } else if (scheduler.now().minus(from.lastBeat).compareTo(silence) > 0) {
                      events.print(
                          true,
                          "the back end has sent no heartbeat for "
                              + silence.toSeconds()
                              + " s and is ended");
                      from.child.process.killTree();
                    }
                  }));
    }
  }

  private void ended(Run gone, int code) {
    if (gone.over) {
      return;
    }
    gone.over = true;
    gone.lastWords.ifPresent(Scheduler.Timer::cancel);
    gone.watch.ifPresent(Scheduler.Timer::cancel);
    gone.child.process.closeOutput();
    if (run.filter(now -> now == gone).isPresent()) {
      run = Optional.empty();
    }
    events.send(-1, "backend-exit", Integer.toString(code));
    if (gone.stopped || code == 0) {
      return;
    }
    failures = scheduler.now().minus(gone.since).compareTo(STEADY) > 0 ? 1 : failures + 1;
    if (failures > FAILURES) {
      events.print(
          true,
          "the back end failed "
              + failures
              + " times in a row, last with exit code "
              + code
              + ": it is not started again. Run '"
              + String.join(" ", argv)
              + "' by hand in "
              + directory
              + " to see why; application.backend.open() starts it anew");
      return;
    }
    Duration pause = backoff.delay(failures - 1);
    events.print(
        true,
        "the back end ended with exit code "
            + code
            + " and is started again in "
            + pause.toMillis()
            + " ms");
    restart =
        Optional.of(
            scheduler.schedule(
                pause,
                () -> {
                  restart = Optional.empty();
                  begin().onFailure(fault -> events.print(true, fault.getMessage()));
                }));
  }

  private Future<Void> stop() {
    restart.ifPresent(Scheduler.Timer::cancel);
    restart = Optional.empty();
    if (run.isEmpty()) {
      // One that is ending still has its ports and files.
      return stopping;
    }
    Run last = run.get();
    last.stopped = true;
    run = Optional.empty();
    last.child.stdin.end();
    // With what it has started, which would otherwise live on.
    Promise<Void> gone = Promise.promise();
    Threads.start(
        "stop-back-end",
        () -> {
          last.child.process.stop(CLOSE_GRACE);
          gone.complete();
        });
    stopping = gone.future();
    return stopping;
  }

  /** What a line {@code ipc://command?params} says. */
  record Said(String command, Map<String, String> params) {
    /**
     * @throws IllegalArgumentException if a percent sign in it stands for nothing
     */
    static Said of(String line) {
      int mark = line.indexOf('?');
      return new Said(
          line.substring("ipc://".length(), mark < 0 ? line.length() : mark),
          mark < 0 ? Map.of() : query(line.substring(mark + 1)));
    }
  }

  static Object json(String value) {
    try {
      return JsonValues.read(value);
    } catch (IOException e) {
      // A plain text.
      return TextNode.valueOf(value);
    }
  }

  static int number(String text, int standard) {
    return text != null && text.matches("-?[0-9]{1,9}") ? Integer.parseInt(text) : standard;
  }

  private static Map<String, String> query(String text) {
    Map<String, String> params = new HashMap<>();
    for (String pair : text.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        params.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
      }
    }
    return params;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
