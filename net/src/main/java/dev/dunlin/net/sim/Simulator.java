package dev.dunlin.net.sim;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.scheduler.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.ToDoubleFunction;

/** Many runs, each with its own seed, and what they came to together. */
public final class Simulator {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int WIDTH = 720;
  private static final int HEIGHT = 360;
  private static final int MARGIN = 50;

  private Simulator() {}

  /** The runs, in order of their seeds; as many at once as there are processors. Blocks. */
  public static List<SimResult> run(SimOptions options) throws InterruptedException {
    int count = (int) (options.lastSeed() - options.firstSeed() + 1);
    int threads = Math.min(count, Runtime.getRuntime().availableProcessors());
    ExecutorService pool = Threads.pool("simulate", threads, count);
    try {
      List<Future<SimResult>> runs = new ArrayList<>();
      for (long seed = options.firstSeed(); seed <= options.lastSeed(); seed++) {
        long own = seed;
        runs.add(pool.submit(() -> Simulation.run(options, own)));
      }
      List<SimResult> results = new ArrayList<>();
      for (Future<SimResult> run : runs) {
        results.add(run.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a run of the simulator failed", e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }

  private static double median(List<SimResult> results, ToDoubleFunction<SimResult> figure) {
    return Simulation.median(results.stream().map(figure::applyAsDouble).toList());
  }

  private static OptionalDouble mean(
      List<SimResult> results, java.util.function.Function<SimResult, OptionalDouble> figure) {
    return results.stream()
        .map(figure)
        .filter(OptionalDouble::isPresent)
        .mapToDouble(OptionalDouble::getAsDouble)
        .average();
  }

  /** All figures, as one object. */
  public static ObjectNode json(SimOptions options, List<SimResult> results) {
    ObjectNode root = JSON.createObjectNode();
    root.putObject("options")
        .put("peers", options.peers())
        .put("introducers", Simulation.INTRODUCERS)
        .put("churnPerMinute", options.churnPerMinute())
        .put("hard", options.hard())
        .put("subscribed", options.subscribed())
        .put("latency", options.latency().name().toLowerCase(Locale.ROOT))
        .put("loss", options.loss())
        .put("seeds", options.firstSeed() + "-" + options.lastSeed())
        .put("minutes", options.minutes())
        .put("publications", options.publications())
        .put("keepState", options.keepState());
    ObjectNode summary = root.putObject("summary");
    summary
        .put("t50Ms", round(median(results, SimResult::t50)))
        .put("t90Ms", round(median(results, SimResult::t90)))
        .put("t100Ms", round(median(results, SimResult::t100)))
        .put(
            "worstT100Ms",
            round(results.stream().mapToDouble(SimResult::worstT100).max().orElse(0)))
        .put(
            "reachedAll",
            round(results.stream().mapToDouble(SimResult::reachedAll).average().orElse(0)))
        .put(
            "coverage60s",
            round(results.stream().mapToDouble(SimResult::coverage60s).average().orElse(0)));
    mean(results, SimResult::coverage5min)
        .ifPresent(part -> summary.put("coverage5min", round(part)));
    mean(results, SimResult::coverage24h)
        .ifPresent(part -> summary.put("coverage24h", round(part)));
    mean(results, SimResult::returned24h)
        .ifPresent(part -> summary.put("returned24h", round(part)));
    summary
        .put(
            "datagramsPerPeerPerSecond",
            round(median(results, SimResult::datagramsPerPeerPerSecond)))
        .put("bytesPerPeerPerSecond", round(median(results, SimResult::bytesPerPeerPerSecond)))
        .put("duplicatesPerDelivery", round(median(results, SimResult::duplicatesPerDelivery)));
    ArrayNode runs = root.putArray("runs");
    for (SimResult result : results) {
      ObjectNode run = runs.addObject().put("seed", result.seed());
      run.put("t50Ms", round(result.t50())).put("t90Ms", round(result.t90()));
      run.put("t100Ms", round(result.t100())).put("worstT100Ms", round(result.worstT100()));
      run.put("reachedAll", round(result.reachedAll()))
          .put("coverage60s", round(result.coverage60s()));
      result.coverage5min().ifPresent(part -> run.put("coverage5min", round(part)));
      result.coverage24h().ifPresent(part -> run.put("coverage24h", round(part)));
      result.returned24h().ifPresent(part -> run.put("returned24h", round(part)));
      run.put("datagramsPerPeerPerSecond", round(result.datagramsPerPeerPerSecond()));
      run.put("bytesPerPeerPerSecond", round(result.bytesPerPeerPerSecond()));
      run.put("duplicatesPerDelivery", round(result.duplicatesPerDelivery()));
    }
    return root;
  }

  private static double round(double value) {
    return Math.round(value * 10_000) / 10_000.0;
  }

  /** The figures for people, one a line. */
  public static String text(ObjectNode json) {
    StringBuilder out = new StringBuilder();
    json.get("summary")
        .properties()
        .forEach(
            entry -> out.append(String.format("%-26s %s%n", entry.getKey(), entry.getValue())));
    return out.toString();
  }

  /** How the packet spreads: the part of the subscribers that have it, against the time. */
  public static String svg(SimOptions options, List<SimResult> results) {
    double end = (SimResult.POINTS - 1) * SimResult.STEP;
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">%n",
            WIDTH + 2 * MARGIN,
            HEIGHT + 2 * MARGIN));
    out.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%d\" y=\"25\">%d peers, churn %s a minute, %.0f %% hard NATs, %.0f %% subscribed, loss %s, seeds %d to %d</text>%n",
            MARGIN,
            options.peers(),
            options.churnPerMinute(),
            100 * options.hard(),
            100 * options.subscribed(),
            options.loss(),
            options.firstSeed(),
            options.lastSeed()));
    for (int i = 0; i <= 4; i++) {
      double y = MARGIN + HEIGHT * (1 - i / 4.0);
      out.append(
          String.format(
              Locale.ROOT,
              "<path d=\"M%d %.1fh%d\" stroke=\"#ddd\"/><text x=\"5\" y=\"%.1f\">%d %%</text>%n",
              MARGIN,
              y,
              WIDTH,
              y + 4,
              25 * i));
    }
    for (int millis = 0; millis <= end; millis += 500) {
      out.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%.1f\" y=\"%d\">%.1f s</text>%n",
              MARGIN + WIDTH * millis / end - 10,
              HEIGHT + MARGIN + 20,
              millis / 1000.0));
    }
    for (SimResult result : results) {
      StringBuilder points = new StringBuilder();
      for (int i = 0; i < result.curve().size(); i++) {
        points.append(
            String.format(
                Locale.ROOT,
                "%s%.1f %.1f",
                i == 0 ? "M" : "L",
                MARGIN + WIDTH * (double) i / (SimResult.POINTS - 1),
                MARGIN + HEIGHT * (1 - result.curve().get(i))));
      }
      out.append("<path fill=\"none\" stroke=\"#36c\" stroke-opacity=\"0.5\" d=\"")
          .append(points)
          .append("\"/>\n");
    }
    return out.append("</svg>\n").toString();
  }
}
