package dev.dunlin.e2e.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.e2e.Page;
import dev.dunlin.e2e.ProcessTree;
import dev.dunlin.e2e.RunningApp;
import dev.dunlin.scheduler.Clock;
import dev.dunlin.scheduler.SystemClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A long run of mixed load (calls, streams, datagrams, children, frames, workers, windows, peers)
 * in the app {@code e2e/apps/faults}, and whether what it uses stays the same.
 *
 * <p>Each thing is sampled {@link #SAMPLES} times. The first third is warm-up; of the rest the
 * median slope between pairs (Theil-Sen, which a few odd samples do not move) says how much was
 * added. Flat is what has grown by no more than its tolerance over that span.
 *
 * <p><i>Thread:</i> the caller's, which waits.
 */
public final class Soak {
  private static final int SAMPLES = 60;
  private static final int WARM_UP = SAMPLES / 3;
  private static final Duration ANSWER = Duration.ofMinutes(3);
  private static final double MIB = 1 << 20;

  private static final Clock CLOCK = new SystemClock();
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /**
   * What is sampled, with the growth after the warm-up that still counts as flat. Memory of whole
   * processes has noise of some MiB: allocators keep what they were given, compilers compile.
   */
  private enum Measure {
    HEAP("Java heap after collection", "MiB", 8),
    RUNTIME("memory of the java process", "MiB", 32),
    PAGE_HEAP("page's heap after collection", "MiB", 4),
    RENDERERS("memory of the renderers", "MiB", 32),
    OTHERS("memory of Chromium's other processes", "MiB", 24),
    FILES("file descriptors of the java process", "", 12),
    ALL_FILES("file descriptors of all processes", "", 24),
    THREADS("threads of the java process", "", 8),
    PROCESSES("processes", "", 2);

    final String text;
    final String unit;
    final double tolerance;

    Measure(String text, String unit, double tolerance) {
      this.text = text;
      this.unit = unit;
      this.tolerance = tolerance;
    }
  }

  /**
   * What became of one measure.
   *
   * @param growth by the slope, over the time after the warm-up
   */
  public record Trend(
      String name, String unit, double first, double last, double growth, double tolerance) {
    /** Whether it stayed the same. */
    public boolean isFlat() {
      return growth <= tolerance;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%-38s %10.1f %10.1f %+9.1f %9.1f  %-4s %s",
          name,
          first,
          last,
          growth,
          tolerance,
          unit,
          isFlat() ? "flat" : "GROWS");
    }
  }

  /**
   * The outcome.
   *
   * @param done rounds by kind of work
   * @param faults what failed, if anything did
   */
  public record Outcome(
      double minutes, Map<String, Long> done, List<String> faults, List<Trend> trends) {
    /** A line for each trend. */
    public String table() {
      StringBuilder table =
          new StringBuilder(
              String.format(
                  Locale.ROOT,
                  "soak of %.1f minutes: %s%n%-38s %10s %10s %9s %9s%n",
                  minutes,
                  done,
                  "",
                  "first",
                  "last",
                  "growth",
                  "tolerance"));
      trends.forEach(trend -> table.append(trend).append('\n'));
      faults.forEach(fault -> table.append("failed: ").append(fault).append('\n'));
      return table.toString();
    }
  }

  private record Sample(double minute, Map<Measure, Double> values) {}

  private Soak() {}

  /** Runs it in an app that is driven and ready, and says what it has seen. */
  public static Outcome run(RunningApp app, Duration length) {
    Page page = app.page();
    page.run("globalThis.soak = await import('/soak.js'); soak.start()");
    Duration begun = CLOCK.now();
    List<Sample> samples = new ArrayList<>();
    for (int i = 1; i <= SAMPLES; i++) {
      Duration next = begun.plus(length.multipliedBy(i).dividedBy(SAMPLES));
      app.await(() -> CLOCK.now().compareTo(next) >= 0, "the next sample", length.plus(ANSWER));
      samples.add(sample(app, page, begun));
    }
    page.run("await soak.stop()", ANSWER);
    Map<String, Long> done = new LinkedHashMap<>();
    page.evaluate("soak.counts")
        .properties()
        .forEach(one -> done.put(one.getKey(), one.getValue().asLong()));
    List<String> faults = new ArrayList<>();
    page.evaluate("soak.faults").forEach(fault -> faults.add(fault.asText()));
    List<Trend> trends = new ArrayList<>();
    for (Measure measure : Measure.values()) {
      trends.add(trend(measure, samples.subList(WARM_UP, samples.size())));
    }
    return new Outcome(CLOCK.now().minus(begun).toMillis() / 60e3, done, faults, trends);
  }

  /** Writes it down, beside the samples of the benches. */
  public static Path write(Outcome outcome, Path home) throws IOException {
    Path file = home.resolve("e2e/target/soak.json");
    Files.createDirectories(file.getParent());
    Files.writeString(file, JSON.writeValueAsString(outcome) + "\n");
    return file;
  }

  private static Sample sample(RunningApp app, Page page, Duration begun) {
    ObjectNode nothing = JSON.createObjectNode();
    page.call("HeapProfiler.collectGarbage", nothing);
    JsonNode heap = page.call("Runtime.getHeapUsage", nothing);
    double host = page.collectHostGarbage();
    Map<Measure, Double> values = new LinkedHashMap<>();
    values.put(Measure.HEAP, host / MIB);
    values.put(Measure.PAGE_HEAP, heap.path("usedSize").asDouble() / MIB);
    Map<Long, String> all = app.processes();
    List<Long> renderers = new ArrayList<>();
    List<Long> others = new ArrayList<>();
    double files = 0;
    for (Map.Entry<Long, String> process : all.entrySet()) {
      if (process.getValue().contains("jcef_helper")) {
        (process.getValue().contains("--type=renderer") ? renderers : others).add(process.getKey());
      }
      files += entries(process.getKey(), "fd");
    }
    values.put(Measure.RUNTIME, ProcessTree.allocatedBytes(List.of(app.pid())) / MIB);
    values.put(Measure.RENDERERS, ProcessTree.allocatedBytes(renderers) / MIB);
    values.put(Measure.OTHERS, ProcessTree.allocatedBytes(others) / MIB);
    values.put(Measure.FILES, entries(app.pid(), "fd"));
    values.put(Measure.ALL_FILES, files);
    values.put(Measure.THREADS, entries(app.pid(), "task"));
    values.put(Measure.PROCESSES, (double) all.size());
    return new Sample(CLOCK.now().minus(begun).toMillis() / 60e3, values);
  }

  private static double entries(long pid, String folder) {
    try (Stream<Path> entries = Files.list(Path.of("/proc", Long.toString(pid), folder))) {
      return entries.count();
    } catch (java.nio.file.NoSuchFileException e) {
      // It has just ended.
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Trend trend(Measure measure, List<Sample> samples) {
    List<double[]> points =
        samples.stream().map(s -> new double[] {s.minute(), s.values().get(measure)}).toList();
    double span = points.get(points.size() - 1)[0] - points.get(0)[0];
    return new Trend(
        measure.text,
        measure.unit,
        points.get(0)[1],
        points.get(points.size() - 1)[1],
        slope(points) * span,
        measure.tolerance);
  }

  /** The median of the slopes between all pairs of points. */
  static double slope(List<double[]> points) {
    List<Double> slopes = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      for (int j = i + 1; j < points.size(); j++) {
        double run = points.get(j)[0] - points.get(i)[0];
        if (run > 0) {
          slopes.add((points.get(j)[1] - points.get(i)[1]) / run);
        }
      }
    }
    return slopes.isEmpty() ? 0 : slopes.stream().sorted().toList().get(slopes.size() / 2);
  }
}
