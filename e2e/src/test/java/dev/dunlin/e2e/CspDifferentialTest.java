package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.bridge.CommandUrl;
import dev.dunlin.bridge.PolicySet;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.scheduler.RandomSource;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The two enforcers of a policy, Chromium and {@link PolicySet}, give one verdict on thousands of
 * generated policies and command URLs. {@code -Ddunlin.seed=N} repeats a run.
 */
class CspDifferentialTest {
  private static final int POLICIES = 300;
  private static final int URLS = 30;

  /** Documents in one call of the page. */
  private static final int BATCH = 25;

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final List<String> HOSTS =
      List.of(
          "os", "fs", "FS", "window", "child-process", "udp", "a.fs", "b.a.fs", "fs-x", "handle");

  private static final List<String> PATHS =
      List.of(
          "",
          "/",
          "/readFile",
          "/readFile/",
          "/READFILE/",
          "/read",
          "/readFileX/",
          "/readFile/home",
          "/readFile/home/u",
          "/readFile/home/u/",
          "/readFile/home/u/a.txt",
          "/readFile/home/u/a.txt/",
          "/readFile/home/%75/",
          "/readFile/home/u/a%20b",
          "/readFile/home/u/a%2520b",
          "/readFile/home/u/a+b",
          "/readFile/home/u/it's",
          "/readFile/home/u/it%27s",
          "/readFile/home/u/%C3%A4",
          "/readFile/home/u/%c3%a4",
          "/readFile/home/u/a%CC%88",
          "/readFile/home/u/%F0%9F%A6%86/",
          "/readFile/home/u/(1)",
          "/readFile/home/u/%281%29",
          "/readFile/home/u/a%2Cb",
          "/readFile/home/u/a%3Bb",
          "/readFile/home/u/a%25",
          "/readFile/home/u/[x]",
          "/readFile/home/u/a%5Bx%5D",
          "/readFile/home/u/a|b",
          "/readFile/home/u/a:b@c=d&e$f!~*",
          "/readFile/home/u/.hidden",
          "/readFile/C:/Users/u/",
          "/send/",
          "/send/127.0.0.1:9",
          "/send/[::1]:9",
          "/send/%5B::1%5D:9",
          "/send/[fe80::1%25eth0]:9");

  /** Only in URLs: a source is not folded. */
  private static final List<String> URL_PATHS =
      List.of(
          "/readFile/home/u/../u/a.txt",
          "/readFile/home/u/./",
          "/readFile/home/x/..",
          "/readFile/home/x/%2e%2e/u/",
          "/readFile/home/u/a.txt?encoding=utf8",
          "/readFile/?x=/readFile/home/u/",
          "/readFile/home/u/ä",
          "/readFile/home/u/🦆/");

  /** Behind what a policy names. */
  private static final List<String> TAILS =
      List.of("", "", "/", "x", "/x", "x/y.txt", "%20", "/../", "?a=b", "/.", "%2e");

  /** Only in policies: what is junk, or nearly a source of a command. */
  private static final List<String> TOKENS =
      List.of(
          "ipc:",
          "IPC:",
          "ipc",
          "ipc:/os",
          "ipc:os",
          "ipc://",
          "ipc:///",
          "ipc://*",
          "ipc://*/readFile/",
          "ipc://*.fs",
          "ipc://*.fs/readFile/",
          "ipc://*.a.fs",
          "ipc://fs:*",
          "ipc://fs:*/readFile/",
          "ipc://fs:80/",
          "ipc://fs:0",
          "ipc://fs:/",
          "ipc://fs?x",
          "ipc://fs/readFile/?x",
          "ipc://fs/readFile/#x",
          "ipc://fs#x",
          "ipc://fs./",
          "ipc://.fs/",
          "ipc://f*s/",
          "ipc://fs*/",
          "ipc://child_process/",
          "ipc://user@fs/",
          "ipc://[::1]/",
          "ipc://fs//",
          "ipc://fs//readFile/",
          "ipc://fs/readFile//",
          "ipc://fs/readFile/../",
          "ipc://fs/readFile/home/u/../u/",
          "ipc://fs/readFile/home/u/ä",
          "ipc://fs/readFile/%",
          "ipc://fs/readFile/%zz",
          "ipc://fs/readFile/%ff",
          "ipc://fs/readFile/home/u/a%2Fb",
          "ipc://fs/readFile/home%2Fu/",
          "ipc://fs/readFile/*",
          "ipc2:",
          "ipcx://fs/",
          "fs",
          "fs/readFile/",
          "fs:*",
          "//fs/",
          "*",
          "*:*",
          "*://fs/",
          "'self'",
          "'none'",
          "'NONE'",
          "'unsafe-inline'",
          "'nonce-abc'",
          "'strict-dynamic'",
          "'report-sample'",
          "https:",
          "https://fs/readFile/",
          "http://os",
          "ws:",
          "data:",
          "blob:",
          "socket:",
          "\\",
          "\"ipc:\"",
          "“ipc:”");

  private static final List<String> DIRECTIVES =
      List.of(
          "connect-src",
          "connect-src",
          "connect-src",
          "connect-src",
          "default-src",
          "default-src",
          "Connect-Src",
          "DEFAULT-SRC",
          "script-src",
          "img-src",
          "connect-src-elem",
          "connect",
          "connect-sr\u0441",
          "base-uri",
          "form-action");

  private static final List<String> GAPS =
      List.of(" ", " ", " ", " ", "  ", "\t", "\n", "\f", "\r", " \t ");

  @RegisterExtension static final Apps APPS = new Apps();

  /** Even choices from the seed. */
  private record Dice(RandomSource random) {
    int below(int bound) {
      return Math.floorMod(ByteBuffer.wrap(random.bytes(Integer.BYTES)).getInt(), bound);
    }

    boolean once(int in) {
      return below(in) == 0;
    }

    <T> T of(List<T> all) {
      return all.get(below(all.size()));
    }
  }

  private static String source(Dice dice) {
    if (dice.once(3)) {
      return dice.of(TOKENS);
    }
    return (dice.once(8) ? "IPC" : "ipc") + "://" + dice.of(HOSTS) + dice.of(PATHS);
  }

  private static String directive(Dice dice) {
    StringBuilder directive = new StringBuilder(dice.of(DIRECTIVES));
    for (int i = dice.below(5); i > 0; i--) {
      directive.append(dice.of(GAPS)).append(source(dice));
    }
    return directive.toString();
  }

  private static String policy(Dice dice) {
    List<String> directives = new ArrayList<>();
    for (int i = dice.below(3); i > 0; i--) {
      directives.add(directive(dice));
    }
    directives.add(
        dice.below(directives.size() + 1),
        (dice.once(4) ? "default-src" : "connect-src")
            + dice.of(GAPS)
            + source(dice)
            + dice.of(GAPS)
            + source(dice));
    return String.join(dice.once(4) ? " ;; " : ";", directives);
  }

  private static List<String> policies(Dice dice) {
    List<String> all = new ArrayList<>(List.of(policy(dice)));
    if (dice.once(6)) {
      all.add(policy(dice));
    }
    if (dice.once(10)) {
      all.set(0, all.get(0) + "," + policy(dice));
    }
    // Where no policy governs connections the verdicts differ on purpose, the host denies; so one
    // always does.
    all.add("connect-src ipc:");
    return all;
  }

  /**
   * As a page sends them: {@code ipc.ts} writes the host of a module with {@code -} for {@code _},
   * and no policy lets Chromium fetch the other spelling. Half of them are close to what the
   * policies say, where verdicts turn.
   */
  private static List<String> urls(Dice dice, List<String> policies) {
    List<String> sources =
        Stream.of(String.join(";", policies).split("[\\s;,]+"))
            .filter(token -> token.toLowerCase(Locale.ROOT).startsWith("ipc://"))
            .toList();
    List<String> urls = new ArrayList<>();
    while (urls.size() < URLS) {
      String url =
          sources.isEmpty() || dice.once(2)
              ? "ipc://" + dice.of(HOSTS) + dice.of(dice.once(5) ? URL_PATHS : PATHS)
              : dice.of(sources).replaceFirst("\\*", "x").replace("child_process", "child-process")
                  + dice.of(TAILS);
      if (parse(url).isPresent() && !urls.contains(url)) {
        urls.add(url);
      }
    }
    return urls;
  }

  /** A URL that is no command URL is refused whatever the policy says: it is no part of this. */
  private static Optional<CommandUrl> parse(String url) {
    try {
      return Optional.of(CommandUrl.parse(url));
    } catch (BridgeError e) {
      return Optional.empty();
    }
  }

  private record Trial(List<String> policies, List<String> urls) {}

  @Test
  void chromiumAndTheBridgeGiveOneVerdict() {
    long seed =
        Long.getLong(
            "dunlin.seed", ByteBuffer.wrap(RandomSource.secure().bytes(Long.BYTES)).getLong());
    System.out.println("CspDifferentialTest: seed " + seed);
    Dice dice = new Dice(RandomSource.seeded(seed));
    Page page = APPS.startForSuite(RunningApp.Start.of(Apps.named("csp")).driven()).page();
    page.await("document.documentElement.dataset.ready === 'true'");
    List<String> differences = new ArrayList<>();
    int pairs = 0;
    int allowed = 0;
    for (int done = 0; done < POLICIES; done += BATCH) {
      List<Trial> trials = new ArrayList<>();
      for (int i = 0; i < BATCH; i++) {
        List<String> policies = policies(dice);
        trials.add(new Trial(policies, urls(dice, policies)));
      }
      JsonNode answers =
          page.run(
              "const answers = []; for (const {policies, urls} of "
                  + JSON.valueToTree(trials)
                  + ") answers.push(await allowed(policies, urls)); return answers",
              Duration.ofSeconds(120));
      for (int i = 0; i < BATCH; i++) {
        Trial trial = trials.get(i);
        PolicySet policy = PolicySet.of(trial.policies());
        JsonNode verdicts = answers.path(i).path("verdicts");
        int refused = 0;
        for (int u = 0; u < URLS; u++) {
          String url = trial.urls().get(u);
          boolean chromium = verdicts.path(u).asBoolean();
          boolean bridge = policy.allows(parse(url).orElseThrow());
          pairs++;
          allowed += chromium ? 1 : 0;
          refused += chromium ? 0 : 1;
          if (chromium != bridge) {
            differences.add(
                url
                    + (chromium ? " allowed" : " blocked")
                    + " by Chromium only under "
                    + trial.policies());
          }
        }
        // Each refusal is the policy's, not a fault on the way; two policies may report it twice.
        int violations = answers.path(i).path("violations").asInt();
        if (violations < refused || refused == 0 && violations > 0) {
          differences.add(
              refused + " refusals but " + violations + " events under " + trial.policies());
        }
      }
    }
    System.out.println("CspDifferentialTest: " + pairs + " pairs, " + allowed + " allowed");
    assertEquals(List.of(), differences, "seed " + seed);
    assertTrue(pairs >= 5_000 && allowed > pairs / 20 && allowed < pairs * 19 / 20, "lopsided");
  }
}
