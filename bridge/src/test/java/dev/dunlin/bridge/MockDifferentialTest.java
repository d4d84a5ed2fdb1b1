package dev.dunlin.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The mock runtime of {@code @dunlin/api} gives the verdict and the words of the host: on random
 * policies and command URLs, and on headers. {@code -Ddunlin.seed=N} repeats a run.
 */
class MockDifferentialTest {
  private static final int CASES = 20_000;

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final List<String> HOSTS =
      List.of("fs", "FS", "os", "child-process", "child_process", "handle", "a.fs", "*", "*.fs");
  private static final List<String> PATHS =
      List.of(
          "",
          "/",
          "/readFile",
          "/readFile/",
          "/readFile/a",
          "/readFile/a/",
          "/readFile/a/b.txt",
          "/readFile/a/b.txt/",
          "/READFILE/a",
          "/readFile/%61",
          "/readFile/a%2Fb.txt",
          "/readFile/a+b",
          "/readFile/a%20b",
          "/readFile/é",
          "/readFile/%C3%A9",
          "/readFile/%c3%a9",
          "/readFile/%ff",
          "/readFile/%zz",
          "/readFile/%",
          "/readFile//a",
          "/readFile/../a",
          "/readFile/a/../b",
          "/readFile/a/%2e%2E/b",
          "/readFile/./a/.",
          "/readFile/a/..",
          "/readFile/a?x=1&y=%20+z",
          "/readFile/a#f",
          "/readFile/it's;x",
          "/readFile/a|b",
          "/readFile/🐦",
          "/readFile/a%00b",
          "/readFile/a%5Cb",
          "/readFile/[::1]:9",
          "/..",
          "/readFile/\ud800");
  private static final List<String> TOKENS =
      List.of(
          "ipc:",
          "IPC:",
          "ipc",
          "ipc:/fs",
          "ipc://",
          "ipc:///",
          "ipc://fs:*",
          "ipc://fs:80/",
          "ipc://fs:/",
          "ipc://fs?x",
          "ipc://fs#x",
          "ipc://.fs/",
          "ipc://f*s/",
          "*",
          "'self'",
          "'none'",
          "https:",
          "fs",
          "void",
          "'nonce-a'",
          "é");
  private static final List<String> PLAIN =
      List.of("ipc://fs", "ipc://fs/readFile/", "ipc://fs/readFile/a/", "ipc://os", "ipc://*");
  private static final List<String> DIRECTIVES =
      List.of("connect-src", "connect-src", "connect-src", "default-src", "Connect-Src", "img-src");
  private static final List<String> ODD_DIRECTIVES =
      List.of("sandbox", "sandbox allow-same-origin", "connect-sr\u0441");
  private static final List<String> TAILS =
      List.of("", "", "", "/", "x", "/x", "a/b.txt", "/../", "?a=b", "/.", "%2e");
  private static final List<String> GAPS = List.of(" ", " ", " ", "  ", "\t", "\n", "\f", "\u000b");

  @TempDir Path folder;

  private record Dice(RandomSource random) {
    <T> T of(List<T> all) {
      return all.get(below(all.size()));
    }

    int below(int bound) {
      return Math.floorMod(ByteBuffer.wrap(random.bytes(Integer.BYTES)).getInt(), bound);
    }

    String source() {
      return switch (below(3)) {
        case 0 -> of(PLAIN);
        case 1 -> of(TOKENS);
        default -> "ipc://" + of(HOSTS) + of(PATHS);
      };
    }

    String policy() {
      StringBuilder policy = new StringBuilder();
      for (int i = below(4); i >= 0; i--) {
        policy.append(of(below(20) == 0 ? ODD_DIRECTIVES : DIRECTIVES));
        for (int sources = below(4); sources > 0; sources--) {
          policy.append(of(GAPS)).append(source());
        }
        policy.append(below(12) == 0 ? "," : ";");
      }
      return policy.toString();
    }
  }

  /** What the host says, in the form in which the script below says it. */
  private static ObjectNode verdict(List<String> policies, String url) {
    ObjectNode verdict = JSON.createObjectNode();
    PolicySet policy = PolicySet.of(policies);
    verdict.put("bridge", policy.hasBridge());
    try {
      CommandUrl parsed = CommandUrl.parse(url);
      boolean allowed = policy.allows(parsed);
      verdict.put("url", parsed.toString()).put("allowed", allowed);
      verdict.set("query", JSON.valueToTree(new TreeMap<>(parsed.query())));
      if (!allowed) {
        BridgeError denial = Denial.of(policy, parsed);
        verdict.put("message", denial.getMessage());
      }
    } catch (BridgeError e) {
      verdict.put("code", e.code()).put("message", e.getMessage());
    }
    return verdict;
  }

  private static final String SCRIPT =
      """
      import { readFileSync, writeFileSync } from 'node:fs';
      const [api, input, output] = process.argv.slice(2);
      const { ALWAYS_ALLOWED, CommandUrl, PolicySet, policyHeader } = await import(api);
      const { cases, headers, names } = JSON.parse(readFileSync(input, 'utf8'));
      const verdict = ([policies, text]) => {
        const policy = new PolicySet(policies), bridge = !policy.opaque;
        try {
          const url = CommandUrl.parse(text), allowed = policy.allows(url);
          const query = Object.fromEntries(Object.entries(url.query).sort());
          return { bridge, url: String(url), allowed, query, ...(allowed ? {} : { message: policy.denial(url).message }) };
        } catch (error) {
          return { bridge, code: error.code, message: error.message };
        }
      };
      writeFileSync(output, JSON.stringify({
        verdicts: cases.map(verdict),
        headers: headers.map(one => { try { return policyHeader([one], names); } catch { return null; } }),
        always: ALWAYS_ALLOWED,
      }));
      """;

  private JsonNode mock(ObjectNode input) throws Exception {
    Path api = Path.of("target/api/mock.js").toAbsolutePath();
    assertTrue(Files.exists(api), api + " is made by build.mjs");
    Path script = folder.resolve("ask.mjs");
    Files.writeString(script, SCRIPT);
    Files.write(folder.resolve("in.json"), JSON.writeValueAsBytes(input));
    ChildProcess child =
        ProcessStarter.get()
            .start(
                ProcessSpec.of(
                        "node",
                        script.toString(),
                        api.toUri().toString(),
                        folder.resolve("in.json").toString(),
                        folder.resolve("out.json").toString())
                    .withStdio(Stdio.NULL, Stdio.INHERIT, Stdio.INHERIT))
            .toCompletionStage()
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
    int code = child.exit().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    assertEquals(0, code);
    return JSON.readTree(folder.resolve("out.json").toFile());
  }

  @Test
  @Timeout(120)
  void theMockAndTheHostGiveOneVerdictInTheSameWords() throws Exception {
    long seed =
        Long.getLong(
            "dunlin.seed", ByteBuffer.wrap(RandomSource.secure().bytes(Long.BYTES)).getLong());
    System.out.println("MockDifferentialTest: seed " + seed);
    Dice dice = new Dice(RandomSource.seeded(seed));
    ObjectNode input = JSON.createObjectNode();
    ArrayNode cases = input.putArray("cases");
    List<ObjectNode> expected = new ArrayList<>();
    for (int i = 0; i < CASES; i++) {
      List<String> policies = new ArrayList<>(List.of(dice.policy()));
      if (dice.below(4) == 0) {
        policies.add(dice.policy());
      }
      String url = (dice.below(20) == 0 ? "IPC" : "ipc") + "://" + dice.of(HOSTS) + dice.of(PATHS);
      cases.addArray().add(JSON.valueToTree(policies)).add(url);
      expected.add(verdict(policies, url));
    }
    input.putArray("headers");
    input.putObject("names");
    JsonNode verdicts = mock(input).path("verdicts");
    long allowed = expected.stream().filter(one -> one.path("allowed").asBoolean()).count();
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < CASES; i++) {
      if (!expected.get(i).equals(verdicts.path(i))) {
        differences.add(
            cases.get(i) + "\n host " + expected.get(i) + "\n mock " + verdicts.path(i));
      }
    }
    assertEquals("", String.join("\n", differences.stream().limit(5).toList()), "seed " + seed);
    assertTrue(allowed > CASES / 50 && allowed < CASES / 2, "lopsided: " + allowed);
  }

  @Test
  @Timeout(120)
  void theMockMakesTheHeaderThatTheHostMakes() throws Exception {
    Map<String, List<Path>> names =
        Map.of("DATA", List.of(Path.of("/home/ü/my data")), "HOME", List.of(Path.of("/home/ü")));
    List<String> lines =
        List.of(
            "default-src 'self'; connect-src 'self' ipc://fs/readFile/$DATA/ ipc://child_process/spawn/",
            "default-src ipc://os",
            "connect-src ipc:, img-src 'self'",
            "connect-src 'self'",
            "connect-src ipc://fs/stat/$NOWHERE/",
            "connect-src ipc://fs/stat/$DATAX ipc://fs/$HOME");
    ObjectNode input = JSON.createObjectNode();
    input.putArray("cases");
    input.set("headers", JSON.valueToTree(lines));
    ObjectNode given = input.putObject("names");
    names.forEach((name, path) -> given.put(name, path.get(0).toString()));
    JsonNode answer = mock(input);
    for (int i = 0; i < lines.size(); i++) {
      String header;
      try {
        header = new PolicyHeader(names).value(lines.get(i));
      } catch (IllegalArgumentException unknownName) {
        header = "null";
      }
      assertEquals(header, answer.path("headers").path(i).asText(), lines.get(i));
    }
    Map<String, String> always = new TreeMap<>();
    AlwaysAllowed.byCommand()
        .forEach((name, callers) -> always.put(name, callers.name().toLowerCase(Locale.ROOT)));
    assertEquals(JSON.valueToTree(always), answer.path("always"));
  }
}
