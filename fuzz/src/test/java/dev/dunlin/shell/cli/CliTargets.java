package dev.dunlin.shell.cli;

import static dev.dunlin.fuzz.Target.require;

import dev.dunlin.fuzz.Target;
import java.util.List;

/** What an app under test prints. */
public final class CliTargets {
  private CliTargets() {}

  public static List<Target> all() {
    return List.of(Target.ofText("tap", 1 << 20, CliTargets::tap));
  }

  /** Never an exception; the numbers fit; a result's explanation is bounded. */
  private static void tap(String text) {
    TapReader reader = new TapReader();
    text.lines().forEach(reader::line);
    List<TapReader.Result> results = reader.results();
    require(reader.failed() >= 0 && reader.failed() <= reader.total(), "failed and total");
    require(results.size() == Math.min(reader.total(), TapReader.RESULTS), "results are kept");
    require(
        results.stream().filter(result -> !result.passed()).count() <= reader.failed(),
        "those that failed are counted");
    require(
        results.stream().allMatch(result -> result.detail().length() <= TapReader.DETAIL_LENGTH),
        "a detail is bounded");
  }
}
