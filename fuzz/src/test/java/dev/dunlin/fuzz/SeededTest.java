package dev.dunlin.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.shell.update.UpdateTargets;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The fast part: seeds, what was ever found, and some thousand inputs made of them. The same inputs
 * come again with {@code -Ddunlin.fuzz.seed=}; the search that is guided by coverage is {@link
 * GuidedTest}'s.
 */
class SeededTest {
  private static final long SEED =
      Long.getLong("dunlin.fuzz.seed", ByteBuffer.wrap(RandomSource.secure().bytes(8)).getLong());

  /** Inputs of one target, if there is time. */
  private static final int CASES = 20_000;

  private static final Duration TIME = Duration.ofMillis(700);

  /** Inputs of the greatest length. */
  private static final int LONG_CASES = 24;

  /** Time of this thread that the longest input may take: it is linear, or far beyond that. */
  private static final Duration LONGEST = Duration.ofSeconds(2);

  private static final int SHOWN_BYTES = 400;

  private final SystemClock clock = new SystemClock();

  static List<byte[]> seeds(Target target) throws IOException, URISyntaxException {
    Path folder = Path.of(SeededTest.class.getResource("/seeds/" + target.name() + "/").toURI());
    List<byte[]> seeds = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        seeds.add(Files.readAllBytes(file));
      }
    }
    assertFalse(seeds.isEmpty(), "no seeds in " + folder);
    return seeds;
  }

  @TestFactory
  Stream<DynamicTest> holdsForEverySeed() {
    return each(
        target -> {
          check(target, new byte[0]);
          for (byte[] seed : seeds(target)) {
            checkTimed(target, seed);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> holdsForWhatSeedsAreMadeInto() {
    System.out.println("SeededTest: -Ddunlin.fuzz.seed=" + SEED);
    return each(
        target -> {
          Mutator mutator = new Mutator(seeds(target), target.maxBytes(), SEED);
          Duration end = clock.now().plus(TIME);
          for (int i = 0; i < CASES && clock.now().compareTo(end) < 0; i++) {
            check(target, mutator.next());
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> needsLittleTimeForTheLongestInputs() {
    return each(
        target -> {
          Mutator mutator = new Mutator(seeds(target), target.maxBytes(), SEED);
          Duration end = clock.now().plus(TIME);
          for (int i = 0; i < LONG_CASES && clock.now().compareTo(end) < 0; i++) {
            checkTimed(target, mutator.longest());
          }
        });
  }

  @Test
  void amongTheSeedsIsOneManifestThatIsBelieved() throws Exception {
    assertEquals(
        1,
        seeds(Targets.named("update-manifest")).stream().filter(UpdateTargets::isBelieved).count());
  }

  private interface Tried {
    void on(Target target) throws Exception;
  }

  private static Stream<DynamicTest> each(Tried tried) {
    return Targets.ALL.stream()
        .map(target -> DynamicTest.dynamicTest(target.name(), () -> tried.on(target)));
  }

  private static void checkTimed(Target target, byte[] input) throws IOException {
    long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    check(target, input);
    long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
    if (nanos > LONGEST.toNanos()) {
      throw new AssertionError(nanos / 1_000_000 + " ms of the processor; " + shown(target, input));
    }
  }

  private static void check(Target target, byte[] input) throws IOException {
    try {
      target.check().of(input);
    } catch (Exception | Error fault) {
      throw new AssertionError(shown(target, input), fault);
    }
  }

  /** The input, whole in a file. */
  private static String shown(Target target, byte[] input) throws IOException {
    Path folder = Files.createDirectories(Path.of("target/findings"));
    Path file = folder.resolve(target.name() + "-" + Integer.toHexString(Arrays.hashCode(input)));
    Files.write(file, input);
    int shown = Math.min(SHOWN_BYTES, input.length);
    String text = new String(input, 0, shown, StandardCharsets.UTF_8);
    return target.name()
        + ", seed "
        + SEED
        + ", whole in "
        + file
        + ": "
        + (text.chars().allMatch(c -> c >= ' ' && c < 0x7f || c == '\n')
            ? text
            : HexFormat.of().formatHex(input, 0, shown));
  }
}
