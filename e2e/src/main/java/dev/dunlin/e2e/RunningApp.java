package dev.dunlin.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.scheduler.Clock;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * An app that was started as a user starts it: a process of its own with a home, a temporary folder
 * and a display of its own. Close it to end it and to prove that nothing is left.
 *
 * <p><i>Thread:</i> any; methods that wait block.
 */
public final class RunningApp implements AutoCloseable {
  /**
   * Longest wait for what an app does at once; the system property {@code dunlin.soon} has the
   * seconds for a machine that is busy with other things.
   */
  public static final Duration SOON = Duration.ofSeconds(Long.getLong("dunlin.soon", 30));

  /** Longest wait for the children of a process that has ended. */
  public static final Duration CHILDREN = Duration.ofSeconds(5);

  /** Lines that tell of an end. */
  private static final int LAST_LINES = 40;

  /** How often a condition is looked at that nobody tells us about (the list of processes). */
  private static final long LOOK_MS = 20;

  /** One line of output; a longer one is cut (a screenshot is some 200 KiB). */
  private static final int MAX_LINE_BYTES = 64 << 20;

  private static final Clock CLOCK = new SystemClock();
  private static final RandomSource RANDOM = RandomSource.secure();
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Where a line came from. */
  public enum Source {
    OUT,
    ERR
  }

  /** One line that the app printed. */
  public record Line(Source source, String text) {}

  private final String marker;
  private final Path base;
  private final boolean ownsBase;
  private final Path temporary;
  private final Instant spawned;
  private final ChildProcess child;
  private final List<Future<Void>> readers = new ArrayList<>();

  // Guarded by lines.
  private final List<Line> lines = new ArrayList<>();
  private final Map<Integer, Promise<JsonNode>> calls = new HashMap<>();
  private final Set<Long> seen = new HashSet<>();
  private int lastCall;
  private boolean open;
  private boolean ended;
  private boolean closed;

  private RunningApp(
      String marker,
      Path base,
      boolean ownsBase,
      Path temporary,
      Instant spawned,
      ChildProcess child) {
    this.marker = marker;
    this.base = base;
    this.ownsBase = ownsBase;
    this.temporary = temporary;
    this.spawned = spawned;
    this.child = child;
    child.exit().onComplete(code -> inform(() -> ended = true));
    readers.add(
        ChildProcess.readLines(
            "app-out", child.stdout(), MAX_LINE_BYTES, line -> heard(Source.OUT, line.text())));
    readers.add(
        ChildProcess.readLines(
            "app-err", child.stderr(), MAX_LINE_BYTES, line -> heard(Source.ERR, line.text())));
    List<Future<?>> end = new ArrayList<>(readers);
    end.add(child.exit());
    Future.join(end).onComplete(all -> failCalls());
  }

  /**
   * How to start an app.
   *
   * @param account who runs it
   * @param main {@code dev.dunlin.shell.Main}, or {@link Driver}
   * @param app folder of the app, which is copied to where the account may write; or a copy that
   *     another start made, which is used as it is
   * @param words command line behind {@code run}
   * @param variables further environment
   * @param base folder of an earlier start whose home shall be used again; empty makes a new one
   * @param behind what stands before the command line, and starts it at the end: it runs as
   *     ourselves
   */
  public record Start(
      Account account,
      Class<?> main,
      Optional<Path> app,
      List<String> words,
      Map<String, String> variables,
      Optional<Path> base,
      List<String> behind) {

    /** Unseen, as ourselves, undriven. */
    public static Start of(Path app, String... words) {
      return new Start(
          Account.self(),
          dev.dunlin.shell.Main.class,
          Optional.of(app),
          Stream.concat(Stream.of("--headless"), Stream.of(words)).toList(),
          Map.of(),
          Optional.empty(),
          List.of());
    }

    public Start as(Account user) {
      return new Start(user, main, app, words, variables, base, behind);
    }

    /** With a page that can be driven: see {@link RunningApp#page}. */
    public Start driven() {
      return new Start(account, Driver.class, app, words, variables, base, behind);
    }

    public Start withWords(String... all) {
      return new Start(account, main, app, List.of(all), variables, base, behind);
    }

    public Start variable(String name, String value) {
      Map<String, String> all = new HashMap<>(variables);
      all.put(name, value);
      return new Start(account, main, app, words, all, base, behind);
    }

    /** In the home of another start. */
    public Start in(RunningApp other) {
      return new Start(account, main, app, words, variables, Optional.of(other.base), behind);
    }

    /** Behind a program that changes the machine for it and then starts it, see {@link Machine}. */
    public Start behind(List<String> program) {
      return new Start(account, main, app, words, variables, base, program);
    }

    public RunningApp start() {
      return RunningApp.start(this);
    }
  }

  private static RunningApp start(Start start) {
    Layout layout = Layout.of(start.account());
    String marker = RANDOM.hex128().substring(0, 12);
    try {
      // Short, as the path of a socket may have 107 bytes; and its name marks processes by what
      // they were told.
      Path base =
          start.base().isPresent()
              ? start.base().get()
              : Files.createDirectory(
                  Path.of("/tmp", "e2e-" + marker),
                  PosixFilePermissions.asFileAttribute(
                      PosixFilePermissions.fromString("rwx------")));
      Path temporary = base.resolve("tmp-" + marker);
      // As the script makes it; see its make_private_tmp.
      Path own = Files.createDirectories(temporary.resolve("dunlin-own"));
      Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwx------"));
      Path app = base.resolve("app");
      if (start.app().isPresent() && !Files.exists(app)) {
        Layout.copyTree(start.app().get(), app);
      }
      for (String folder : List.of("home", "cache", "config", "data", "state", "run")) {
        Path made = Files.createDirectories(base.resolve(folder));
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwx------"));
      }
      start.account().own(base);
      List<String> argv = new ArrayList<>(start.behind());
      argv.addAll(start.account().prefix());
      argv.addAll(layout.java(start.main()));
      // Java puts temporary files into /tmp whatever TMPDIR says; here, they can be told from
      // other people's.
      argv.add(argv.indexOf("-cp"), "-Djava.io.tmpdir=" + temporary);
      argv.add("run");
      // Behind "--" stands what is for the app itself.
      int dashes = start.words().indexOf("--");
      int end = dashes < 0 ? start.words().size() : dashes;
      argv.addAll(start.words().subList(0, end));
      argv.add(app.toString());
      argv.addAll(start.words().subList(end, start.words().size()));
      Instant spawned = CLOCK.wallTime();
      ChildProcess child =
          ProcessStarter.get()
              .start(
                  ProcessSpec.of(argv.toArray(String[]::new))
                      .withEnvironment(environment(start, marker, base, own))
                      .withDirectory(base.resolve("home"))
                      .withStdio(Stdio.PIPE, Stdio.PIPE, Stdio.PIPE))
              .toCompletionStage()
              .toCompletableFuture()
              .join();
      return new RunningApp(marker, base, start.base().isEmpty(), temporary, spawned, child);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> environment(Start start, String marker, Path base, Path own) {
    Map<String, String> environment = new HashMap<>();
    environment.put("PATH", System.getenv("PATH"));
    environment.put("LC_ALL", "C.UTF-8");
    environment.put("HOME", base.resolve("home").toString());
    environment.put("USER", start.account().name());
    environment.put("XDG_CACHE_HOME", base.resolve("cache").toString());
    environment.put("XDG_CONFIG_HOME", base.resolve("config").toString());
    environment.put("XDG_DATA_HOME", base.resolve("data").toString());
    environment.put("XDG_STATE_HOME", base.resolve("state").toString());
    environment.put("XDG_RUNTIME_DIR", base.resolve("run").toString());
    environment.put("TMPDIR", own + "/");
    environment.put("DUNLIN_USER_TMPDIR", base.resolve("run").toString());
    environment.put(ProcessTree.MARKER, marker);
    environment.putAll(start.variables());
    return environment;
  }

  private void heard(Source source, String text) {
    if (source == Source.OUT && !text.isEmpty() && text.charAt(0) == Driver.MARK) {
      answered(text.substring(1));
      return;
    }
    inform(() -> lines.add(new Line(source, text)));
  }

  private void answered(String text) {
    try {
      JsonNode answer = JSON.readTree(text);
      Promise<JsonNode> call;
      synchronized (lines) {
        open |= answer.path("open").asBoolean();
        call = calls.remove(answer.path("id").asInt());
        lines.notifyAll();
      }
      if (call != null) {
        if (answer.has("error")) {
          call.fail(answer.path("error").asText());
        } else {
          call.complete(JSON.readTree(answer.path("result").asText()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** It has ended and said all: nobody answers what was asked. */
  private void failCalls() {
    List<Promise<JsonNode>> unanswered;
    synchronized (lines) {
      unanswered = List.copyOf(calls.values());
      calls.clear();
      lines.notifyAll();
    }
    unanswered.forEach(call -> call.fail(lastWords()));
  }

  private void inform(Runnable change) {
    synchronized (lines) {
      change.run();
      lines.notifyAll();
    }
  }

  // ---- what it says and does

  /** Its process id. */
  public long pid() {
    return child.pid();
  }

  /** Whether it has not ended. */
  public boolean isRunning() {
    return child.isAlive();
  }

  /** When it was started, by the calendar. */
  public Instant spawned() {
    return spawned;
  }

  /** Folder with its {@code home}, {@code data}, {@code app} and so on. */
  public Path base() {
    return base;
  }

  /** Its copy of the app. */
  public Path app() {
    return base.resolve("app");
  }

  /** What it has printed so far. */
  public List<Line> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  /** What it has printed on one stream, a line each. */
  public List<String> lines(Source source) {
    return lines().stream().filter(line -> line.source() == source).map(Line::text).toList();
  }

  /** The whole output, for reports. */
  public String log() {
    StringBuilder log = new StringBuilder();
    lines().forEach(line -> log.append(line.source()).append(' ').append(line.text()).append('\n'));
    return log.toString();
  }

  /** Waits for a line. */
  public Line awaitLine(Predicate<Line> wanted, String what) {
    List<Line> found = new ArrayList<>();
    await(
        () -> {
          lines().stream().filter(wanted).findFirst().ifPresent(found::add);
          return !found.isEmpty() || ended && readersDone();
        },
        what,
        SOON);
    if (found.isEmpty()) {
      throw new AssertionError("the app ended without " + what + "; it said:\n" + log());
    }
    return found.get(0);
  }

  /** Waits for a line that holds the text. */
  public Line awaitLine(String text) {
    return awaitLine(line -> line.text().contains(text), "a line with '" + text + "'");
  }

  private boolean readersDone() {
    return readers.stream().allMatch(Future::isComplete);
  }

  /** Whether it has ended, and what it said has been read. */
  boolean isOver() {
    return child.exit().isComplete() && readersDone();
  }

  /** How it ended, and its last lines; only when {@link #isOver}. */
  String lastWords() {
    List<Line> all = lines();
    StringBuilder words = new StringBuilder("the app has ended, ");
    words.append(
        child.exit().succeeded()
            ? "exit code " + child.exit().result()
            : child.exit().cause().toString());
    words.append("; its last lines:");
    all.subList(Math.max(0, all.size() - LAST_LINES), all.size())
        .forEach(line -> words.append('\n').append(line.source()).append(' ').append(line.text()));
    return words.toString();
  }

  /** Waits for its end, and gives its exit code. */
  public int awaitExit() {
    return awaitExit(SOON);
  }

  /** Waits for its end, and gives its exit code. */
  public int awaitExit(Duration longest) {
    await(() -> ended && readersDone(), "the app's end", longest);
    return child.exit().result();
  }

  /**
   * Waits until the condition holds. It is looked at whenever the app prints, and every {@link
   * #LOOK_MS}.
   *
   * @throws AssertionError after {@code longest}
   */
  public void await(BooleanSupplier condition, String what, Duration longest) {
    Duration end = CLOCK.now().plus(longest);
    // Without the lock: the condition may ask the app, whose answer is a line.
    while (!condition.getAsBoolean()) {
      if (CLOCK.now().compareTo(end) > 0) {
        throw new AssertionError(
            "waited " + longest.toSeconds() + " s in vain for " + what + "; it said:\n" + log());
      }
      try {
        synchronized (lines) {
          lines.wait(LOOK_MS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while waiting for " + what, e);
      }
    }
  }

  /** Its processes now, its own included; all ever seen are remembered for {@link #close}. */
  public Map<Long, String> processes() {
    Map<Long, String> now = ProcessTree.of(marker);
    synchronized (lines) {
      seen.addAll(now.keySet());
    }
    return now;
  }

  /** Ids of its processes, those that were seen and have gone too. */
  Set<Long> everSeen() {
    processes();
    synchronized (lines) {
      return Set.copyOf(seen);
    }
  }

  /** The folder for temporary files of this start. */
  Path temporary() {
    return temporary;
  }

  /** Sum of the proportional set sizes of its processes. */
  public long proportionalBytes() {
    return ProcessTree.proportionalBytes(processes().keySet());
  }

  /** What its processes have allocated: {@link ProcessTree#allocatedBytes}. */
  public long allocatedBytes() {
    return ProcessTree.allocatedBytes(processes().keySet());
  }

  /** Sends a signal to one process: {@code INT}, {@code KILL}. */
  public void signal(String name, long pid) {
    processes();
    Account.run("kill", "-" + name, Long.toString(pid));
  }

  /** Writes to its standard input; not for {@link Start#driven}, which needs it. */
  public void type(String text) {
    try {
      child.stdin().write(text.getBytes(StandardCharsets.UTF_8));
      child.stdin().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends its standard input. */
  public void endInput() {
    try {
      child.stdin().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The page of its first window; only for {@link Start#driven}. */
  public Page page() {
    await(() -> open || ended, "the window", SOON);
    if (ended) {
      throw new AssertionError("the app ended before its window opened; it said:\n" + log());
    }
    return new Page(this, 0);
  }

  /** The page of the window of this index, open or soon to be; only for {@link Start#driven}. */
  public Page page(int index) {
    page();
    return new Page(this, index);
  }

  Future<JsonNode> call(int window, String method, JsonNode params) {
    Promise<JsonNode> promise = Promise.promise();
    int id;
    synchronized (lines) {
      id = ++lastCall;
      calls.put(id, promise);
    }
    if (isOver()) {
      failCalls();
      return promise.future();
    }
    var message = JSON.createObjectNode().put("id", id).put("window", window).put("method", method);
    message.set("params", params);
    try {
      child.stdin().write((message + "\n").getBytes(StandardCharsets.UTF_8));
      child.stdin().flush();
    } catch (IOException e) {
      // It is ending: failCalls tells how.
    }
    return promise.future();
  }

  // ---- the end

  /** Ends it as Ctrl-C does if it still runs, then {@link #proveNothingLeft}, and tidies up. */
  @Override
  public void close() {
    synchronized (lines) {
      if (closed) {
        return;
      }
      closed = true;
    }
    try {
      if (child.isAlive()) {
        signal("INT", pid());
        awaitExit();
      }
      proveNothingLeft();
    } finally {
      destroy();
    }
  }

  /** Fails if a process, a temporary file, shared memory or the lock of a display is left. */
  public void proveNothingLeft() {
    awaitNoProcess();
    List<String> left = new ArrayList<>();
    try (Stream<Path> files = Files.list(temporary)) {
      files.map(Path::toString).forEach(left::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    synchronized (lines) {
      ProcessTree.displayLocks(seen).forEach(lock -> left.add(lock.toString()));
      left.addAll(ProcessTree.sharedMemory(seen));
      for (long pid : seen) {
        // JCEF writes this file into the root of the file system when TMPDIR is not as it should.
        for (String folder : List.of("/", "/tmp/", "/tmp")) {
          Path file = Path.of(folder + "jcef-p" + pid + "_scheme.tmp");
          if (Files.exists(file)) {
            left.add(file.toString());
          }
        }
      }
    }
    if (!left.isEmpty()) {
      throw new AssertionError("the app left files: " + left + "; it said:\n" + log());
    }
  }

  /** Fails if a process of its tree is there after {@link #CHILDREN}. */
  public void awaitNoProcess() {
    List<String> left = new ArrayList<>();
    try {
      await(
          () -> {
            left.clear();
            processes().forEach((pid, command) -> left.add(pid + " " + command));
            return left.isEmpty();
          },
          "the end of its processes",
          CHILDREN);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\nstill running:\n" + String.join("\n", left), e);
    }
  }

  /**
   * Kills what is left of it, by process id, and removes its folders: for whoever expects a mess.
   */
  public void destroy() {
    synchronized (lines) {
      closed = true;
    }
    processes().keySet().forEach(pid -> signal("KILL", pid));
    synchronized (lines) {
      ProcessTree.displayLocks(seen).forEach(RunningApp::removeDisplay);
    }
    try {
      Layout.deleteTree(temporary);
      if (ownsBase) {
        Layout.deleteTree(base);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void removeDisplay(Path lock) {
    String number = lock.getFileName().toString().replaceAll("[^0-9]", "");
    try {
      Files.deleteIfExists(lock);
      Files.deleteIfExists(Path.of("/tmp/.X11-unix/X" + number));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
