package dev.dunlin.e2e.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.e2e.Account;
import dev.dunlin.e2e.ProcessTree;
import dev.dunlin.scheduler.Clock;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The page beside ours: a small QtWebEngine program of Debian's PyQt6. */
final class QtWebEngine {
  static final String PEER = "qtwebengine";

  private static final String PYTHON = "/usr/bin/python3";
  private static final String PACKAGE = "python3-pyqt6.qtwebengine";

  private static final Clock CLOCK = new SystemClock();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path script;
  private final Map<String, String> display;

  private QtWebEngine(Path script, Map<String, String> display) {
    this.script = script;
    this.display = display;
  }

  /** Round trips in ms, and calls a second with 100 in flight. */
  record Calls(List<Double> trips, List<Double> rates) {}

  /** Empty, with a note that says why, where there is none and none can be installed. */
  static Optional<QtWebEngine> find(Map<String, String> display, List<String> notes)
      throws IOException {
    if (!isThere() && Account.isRoot()) {
      System.err.println("bench: installing " + PACKAGE + " for the comparison");
      System.err.println(
          Account.run("apt-get", "install", "-y", "-q", "--no-install-recommends", PACKAGE)
              .lines()
              .reduce("", (before, line) -> line));
    }
    if (!isThere()) {
      notes.add("qtwebengine: not there; apt-get install -y " + PACKAGE);
      return Optional.empty();
    }
    Path script = Files.createTempFile("bench-", ".py");
    script.toFile().deleteOnExit();
    return Optional.of(new QtWebEngine(Bench.resource("qtwebengine.py", script), display));
  }

  private static boolean isThere() {
    return Files.isExecutable(Path.of(PYTHON)) && !version().isEmpty();
  }

  /** Of the engine, as {@code 6.4.2 (Chromium 102.0.5005.177)}; empty if there is none. */
  static String version() {
    String said =
        Account.run(
            PYTHON,
            "-c",
            "from PyQt6.QtWebEngineCore import qWebEngineVersion as q, qWebEngineChromiumVersion as c;"
                + "print('QtWebEngine', q(), 'Chromium', c())");
    return said.startsWith("QtWebEngine ") ? said.strip() : "";
  }

  /** A started sample. */
  private final class Sample implements AutoCloseable {
    private final String marker = RandomSource.secure().hex128();
    private final Instant spawned = CLOCK.wallTime();
    private final ChildProcess child;
    private final BufferedReader out;

    Sample(String... words) {
      Map<String, String> environment = new HashMap<>(System.getenv());
      environment.putAll(display);
      environment.put(ProcessTree.MARKER, marker);
      if (Account.isRoot()) {
        environment.put("QTWEBENGINE_DISABLE_SANDBOX", "1");
      }
      String[] argv = new String[words.length + 2];
      argv[0] = PYTHON;
      argv[1] = script.toString();
      System.arraycopy(words, 0, argv, 2, words.length);
      child =
          ProcessStarter.get()
              .start(
                  ProcessSpec.of(argv)
                      .withEnvironment(environment)
                      .withStdio(Stdio.NULL, Stdio.PIPE, Stdio.NULL))
              .toCompletionStage()
              .toCompletableFuture()
              .join();
      out = new BufferedReader(new InputStreamReader(child.stdout(), StandardCharsets.UTF_8));
    }

    JsonNode next() {
      try {
        String line = out.readLine();
        if (line == null) {
          throw new IllegalStateException("the QtWebEngine sample ended: run " + script);
        }
        return JSON.readTree(line);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      child.killTree();
      child.exit().toCompletionStage().toCompletableFuture().join();
    }
  }

  double startMs() {
    try (Sample sample = new Sample()) {
      return sample.next().path("first").asDouble() - Bench.epochMs(sample.spawned);
    }
  }

  Calls calls() {
    try (Sample sample = new Sample("--calls")) {
      sample.next();
      JsonNode answer = sample.next();
      return new Calls(Bench.numbers(answer.path("trips")), Bench.numbers(answer.path("rates")));
    }
  }

  long idleBytes(Duration idle) {
    try (Sample sample = new Sample()) {
      sample.next();
      new CountDownLatch(1).await(idle.toMillis(), TimeUnit.MILLISECONDS);
      return ProcessTree.proportionalBytes(ProcessTree.of(sample.marker).keySet());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
