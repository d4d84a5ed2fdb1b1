package dev.dunlin.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.scheduler.SystemClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Jazzer (libFuzzer for the JVM) on every target: a process each, which begins with the seeds and
 * what it found in runs before, and keeps what reaches new code. What it has found lies in {@code
 * target/findings}: it becomes a seed, with a name that says what was wrong. The figures are in
 * {@code target/fuzz.json}.
 */
@Tag("nightly")
class GuidedTest {
  private static final int SECONDS = Integer.getInteger("dunlin.fuzz.seconds", 120);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Path TARGET = Path.of(System.getProperty("dunlin.fuzz.target", "target"));

  /** Seconds that one input may take, as libFuzzer counts them. */
  private static final int SLOW_SECONDS = 10;

  /** Longest input that is made: longer ones are SeededTest's. */
  private static final int MAX_BYTES = 4 << 10;

  /** Beyond the search: the start, on a loaded machine. */
  private static final int START_SECONDS = 600;

  private static final Pattern EXECUTED =
      Pattern.compile("stat::number_of_executed_units: *([0-9]+)");
  private static final Pattern COVERED = Pattern.compile("cov: ([0-9]+)");

  @Test
  void findsNothing() throws Exception {
    List<String> found = new ArrayList<>();
    for (Target target : Targets.ALL) {
      ObjectNode one = search(target, MAPPER.createObjectNode());
      if (one.path("exit").asInt() != 0) {
        found.add(target.name());
      }
      keep(one);
      System.out.println("GuidedTest: " + one);
    }
    assertEquals(List.of(), found, "see fuzz/target/findings, and the logs in fuzz/target/corpus");
  }

  /** In the place of what there was of this target. */
  private static void keep(ObjectNode one) throws IOException {
    Path file = TARGET.resolve("fuzz.json");
    ArrayNode all = MAPPER.createArrayNode();
    if (Files.exists(file)) {
      for (JsonNode before : MAPPER.readTree(file.toFile())) {
        if (!before.path("target").equals(one.path("target"))) {
          all.add(before);
        }
      }
    }
    all.add(one);
    Files.write(file, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(all));
  }

  private static ObjectNode search(Target target, ObjectNode told) throws Exception {
    Path corpus = Files.createDirectories(TARGET.resolve("corpus").resolve(target.name()));
    Path findings = Files.createDirectories(TARGET.resolve("findings").resolve(target.name()));
    Path seeds = Path.of(GuidedTest.class.getResource("/seeds/" + target.name() + "/").toURI());
    long before = count(findings);
    Path log = TARGET.resolve("corpus").resolve(target.name() + ".log");
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx1g",
                    "-cp",
                    System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")),
                    "com.code_intelligence.jazzer.Jazzer",
                    "--target_class=dev.dunlin.fuzz.Guided",
                    "--target_args=" + target.name(),
                    "--instrumentation_includes=dev.dunlin.**",
                    "--reproducer_path=" + TARGET.resolve("corpus"),
                    "-artifact_prefix=" + findings + "/",
                    "-max_total_time=" + SECONDS,
                    "-max_len=" + Math.min(target.maxBytes(), MAX_BYTES),
                    "-timeout=" + SLOW_SECONDS,
                    "-rss_limit_mb=4096",
                    "-print_final_stats=1",
                    corpus.toString(),
                    seeds.toString()))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (!process.waitFor(SECONDS + START_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    String said = Files.readString(log, java.nio.charset.StandardCharsets.ISO_8859_1);
    told.put("target", target.name()).put("date", new SystemClock().wallTime().toString());
    told.put("seconds", SECONDS).put("executions", last(EXECUTED, said));
    told.put("edges", last(COVERED, said)).put("inputs", count(corpus));
    told.put("findings", count(findings) - before);
    // 0: the time is over. 77: a finding. Others: it did not come so far.
    told.put("exit", process.exitValue());
    return told;
  }

  private static long last(Pattern pattern, String text) {
    long last = 0;
    for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
      last = Long.parseLong(matcher.group(1));
    }
    return last;
  }

  private static long count(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }
}
