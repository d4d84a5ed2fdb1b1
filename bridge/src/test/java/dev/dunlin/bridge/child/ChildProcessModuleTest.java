package dev.dunlin.bridge.child;

import static dev.dunlin.bridge.Harness.ALL;
import static dev.dunlin.bridge.Harness.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.Harness;
import dev.dunlin.bridge.Harness.Page;
import dev.dunlin.bridge.PolicySet;
import dev.dunlin.bridge.Pushes;
import dev.dunlin.bridge.StreamLane;
import dev.dunlin.bridge.StreamResponse;
import dev.dunlin.scheduler.Lane;
import dev.dunlin.scheduler.VertxScheduler;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs({OS.LINUX, OS.MAC})
class ChildProcessModuleTest {
  private static final String MODULE = "ipc://child-process/";
  private static final String HANDLE = "ipc://handle/child-process/";

  private static final int OUTPUTS = 4 << 20;

  private final Vertx vertx = Vertx.vertx();
  private final Harness harness =
      new Harness(
          new ChildProcessModule(
              new VertxScheduler(vertx, Lane.create(vertx, "timeouts")),
              Map.of("LD_BIND_NOW", "1"),
              OUTPUTS));
  private final Page page = harness.page(1, ALL);

  @AfterEach
  void close() {
    harness.close();
    Harness.await(vertx.close());
  }

  private static Path real(String program) {
    return Programs.find(program, java.util.Optional.empty());
  }

  private static String spawn(String program) {
    return MODULE + "spawn" + real(program);
  }

  private JsonNode shell(String command) {
    return page.data(MODULE + "shell", Map.of("command", command));
  }

  private JsonNode end(JsonNode child) {
    return page.data(HANDLE + "wait/" + child.path("child").asText(), Map.of());
  }

  @Test
  void startsAProgramWithAListThatNoShellReads() {
    JsonNode child =
        page.data(spawn("printf"), Map.of("args", List.of("%s|", "$HOME", "a b", "`id`;")));
    try (Pushes pushes = new Pushes(page)) {
      assertEquals("$HOME|a b|`id`;|", pushes.untilEnd(child, "stdout"));
      assertEquals("", pushes.untilEnd(child, "stderr"));
    }
    assertEquals("{\"code\":0,\"signal\":null}", end(child).toString());
  }

  @Test
  void policyDecidesByTheRealProgramAndNothingElse(@TempDir Path folder) throws IOException {
    Path link = Files.createSymbolicLink(folder.toRealPath().resolve("harmless"), real("sh"));
    Page some =
        harness.page(
            2,
            PolicySet.of(
                List.of(
                    "connect-src ipc://child-process/lookup ipc://handle/"
                        + " ipc://child-process/spawn"
                        + real("true")
                        + " ipc://child-process/spawn"
                        + link)));
    assertTrue(some.data(spawn("true"), Map.of()).path("pid").asLong() > 0);
    JsonNode denied = some.error(spawn("sh"), Map.of("args", List.of("-c", "true")));
    assertEquals("NotAllowedError", denied.path("name").asText());
    assertEquals("ipc://child-process/spawn" + real("sh"), denied.path("source").asText());
    assertEquals(
        "ERR_ACCESS_DENIED", some.error(MODULE + "spawn" + link, Map.of()).path("code").asText());
    assertEquals(
        "ERR_ACCESS_DENIED",
        some.error(MODULE + "shell", Map.of("command", "true")).path("code").asText());
    assertEquals(
        real("sh").toString(),
        some.data(MODULE + "lookup", Map.of("file", link.toString())).path("path").asText());
  }

  @Test
  void theRightToStartAShellIsNotTheRightToUseOne() {
    Page some =
        harness.page(
            2, PolicySet.of(List.of("connect-src ipc://handle/ " + MODULE + "spawn" + real("sh"))));
    assertTrue(some.data(spawn("sh"), Map.of("args", List.of("-c", "true"))).has("pid"));
    assertEquals(
        "ipc://child-process/shell",
        some.error(MODULE + "shell", Map.of("command", "true")).path("source").asText());
  }

  @Test
  void refusesVariablesThatRunCodeInAnyProgram() {
    for (String name : List.of("LD_PRELOAD", "LD_AUDIT", "DYLD_INSERT_LIBRARIES")) {
      JsonNode denied = page.error(spawn("true"), Map.of("env", Map.of(name, "/tmp/x.so")));
      assertEquals("ERR_ACCESS_DENIED", denied.path("code").asText());
      assertTrue(denied.path("message").asText().contains(name), denied::toString);
    }
    JsonNode honest = page.data(spawn("env"), Map.of("env", Map.of("GREETING", "ä")));
    try (Pushes pushes = new Pushes(page)) {
      String all = pushes.untilEnd(honest, "stdout");
      assertTrue(all.contains("GREETING=ä\n"), all);
      assertTrue(all.contains("PATH="), all);
      // What Maven or the user's session has set is not the child's to know.
      List<String> names = all.lines().map(line -> line.replaceFirst("=.*", "")).toList();
      assertTrue(names.size() < 16, names::toString);
      assertFalse(names.contains("MAVEN_PROJECTBASEDIR"), names::toString);
    }
  }

  @Test
  void tellsWhyAProgramDoesNotStart(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.toRealPath().resolve("text"), "no program");
    assertEquals(
        "ENOENT", page.error(MODULE + "spawn" + file + "-not", Map.of()).path("code").asText());
    assertEquals("EACCES", page.error(MODULE + "spawn" + file, Map.of()).path("code").asText());
    assertEquals(
        "ENOENT", page.error(spawn("true"), Map.of("cwd", file + "-not")).path("code").asText());
    assertEquals(
        "ENOENT", page.error(MODULE + "lookup", Map.of("file", "no-such")).path("code").asText());
    assertEquals(
        "E2BIG",
        page.error(spawn("true"), Map.of("args", List.of("x".repeat(200_000))))
            .path("code")
            .asText());
    assertEquals(
        "ERR_INVALID_CALL",
        page.error(spawn("true"), Map.of("args", List.of(1))).path("code").asText());
    assertEquals(
        "ERR_INVALID_CALL",
        page.error(spawn("true"), Map.of("args", List.of("a\0b"))).path("code").asText());
    // Refused starts do not count: the honest ones still work.
    assertEquals(0, end(page.data(spawn("true"), Map.of())).path("code").asInt());
  }

  @Test
  void writesToAChildUntilItsInputEnds() {
    JsonNode child = page.data(spawn("cat"), Map.of());
    String id = child.path("child").asText();
    try (Pushes pushes = new Pushes(page)) {
      for (String text : List.of("one ", "zwei ö ", "three")) {
        assertEquals(
            200,
            page.fetch("POST", HANDLE + "write/" + id, text.getBytes(StandardCharsets.UTF_8))
                .status());
      }
      page.data(HANDLE + "end/" + id, Map.of());
      assertEquals("one zwei ö three", pushes.untilEnd(child, "stdout"));
    }
    assertEquals(0, end(child).path("code").asInt());
    assertEquals(
        "EPIPE",
        page.fetch("POST", HANDLE + "write/" + id, new byte[] {1}).code(),
        "its input is closed");
  }

  @Test
  void aChildThatNeverReadsHoldsUpOnlyItsOwnWriter() {
    JsonNode sleeper = page.data(spawn("sleep"), Map.of("args", List.of("1000")));
    byte[] mebibyte = new byte[1 << 20];
    String write = HANDLE + "write/" + sleeper.path("child").asText();
    // More than there are workers: were they to wait, nothing else would be answered.
    List<StreamLane.Exchange> writes =
        Stream.generate(() -> page.open("POST", write, mebibyte)).limit(20).toList();
    until(() -> writes.stream().anyMatch(one -> one.response().isComplete()));
    assertEquals(
        "EAGAIN",
        Harness.read(
                writes.stream()
                    .filter(one -> one.response().isComplete())
                    .findFirst()
                    .orElseThrow())
            .code());
    assertEquals(0, end(page.data(spawn("true"), Map.of())).path("code").asInt());
    page.data(HANDLE + "close/" + sleeper.path("child").asText(), Map.of());
  }

  @Test
  void aChildThatFloodsIsSlowedAndNotBuffered(@TempDir Path folder) throws IOException {
    Path count = folder.toRealPath().resolve("count");
    // Counts what the pipe took, in pieces of 64 KiB: of 64 MiB, no more than the bounds may go.
    JsonNode child =
        shell(
            "i=0; while [ $i -lt 1024 ]; do head -c 65536 /dev/zero; i=$((i+1)); echo $i > "
                + count
                + "; done");
    // Credit, the channel's bound, one message under way, and two pipes.
    long most = ((1 << 20) + ChildProcessModule.WAITING_OUTPUT_BYTES + (64 << 10) * 4) >> 16;
    until(() -> taken(count) >= 16);
    long last = -1;
    for (int still = 0; still < 200; ) {
      long now = taken(count);
      still = now == last ? still + 1 : 0;
      last = now;
      page.data(HANDLE + "kill/" + child.path("child").asText(), Map.of("signal", 0));
    }
    assertTrue(taken(count) <= most, "it wrote " + taken(count) + " of at most " + most);
    assertTrue(page.data(HANDLE + "kill/" + child.path("child").asText(), Map.of()).asBoolean());
    assertEquals("SIGTERM", end(child).path("signal").asText());
  }

  private static long taken(Path count) {
    try {
      return Files.exists(count) ? Long.parseLong("0" + Files.readString(count).strip()) : 0;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void tellsExitCodesFromSignals() {
    assertEquals("{\"code\":7,\"signal\":null}", end(shell("exit 7")).toString());
    assertEquals("{\"code\":143,\"signal\":null}", end(shell("exit 143")).toString());
    JsonNode sleeper = page.data(spawn("sleep"), Map.of("args", List.of("1000")));
    String kill = HANDLE + "kill/" + sleeper.path("child").asText();
    assertEquals(
        "ERR_UNKNOWN_SIGNAL", page.error(kill, Map.of("signal", "SIGNOT")).path("code").asText());
    assertEquals("true", page.data(kill, Map.of("signal", "SIGINT")).toString());
    assertEquals("{\"code\":null,\"signal\":\"SIGINT\"}", end(sleeper).toString());
    assertEquals("false", page.data(kill, Map.of("signal", "SIGINT")).toString());
  }

  @Test
  void childrenEndWithTheirDocumentAndOthersGoOn() throws IOException {
    Page other = harness.page(2, ALL);
    JsonNode mine = shell("sleep 1000 & sleep 1000");
    JsonNode theirs = other.data(spawn("sleep"), Map.of("args", List.of("1000")));
    ProcessHandle child = ProcessHandle.of(mine.path("pid").asLong()).orElseThrow();
    until(() -> child.descendants().count() == 2);
    List<ProcessHandle> all = Stream.concat(Stream.of(child), child.descendants()).toList();
    assertEquals(
        "ERR_UNKNOWN_HANDLE",
        other
            .error(HANDLE + "kill/" + mine.path("child").asText(), Map.of())
            .path("code")
            .asText());
    harness.bridge.documentGone(page.id);
    until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
    assertTrue(ProcessHandle.of(theirs.path("pid").asLong()).orElseThrow().isAlive());
  }

  private Harness.Reply sync(String url, Map<String, Object> params, String input) {
    return page.fetch("POST", syncUrl(url, params), input.getBytes(StandardCharsets.UTF_8));
  }

  private static String syncUrl(String url, Map<String, Object> params) {
    try {
      Map<String, Object> all = new HashMap<>(params);
      all.put("sync", true);
      return url
          + "?_="
          + URLEncoder.encode(Harness.JSON.writeValueAsString(all), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonNode meta(Harness.Reply reply) throws IOException {
    return Harness.JSON.readTree(
        URLDecoder.decode(reply.headers().get("x-dunlin-meta"), StandardCharsets.UTF_8));
  }

  @Test
  void runsAChildToItsEnd() throws IOException {
    Harness.Reply reply =
        sync(MODULE + "shell", Map.of("command", "cat; echo wrong >&2; exit 3"), "in");
    assertEquals("inwrong\n", new String(reply.body(), StandardCharsets.UTF_8));
    assertEquals(2, meta(reply).path("stdoutBytes").asInt());
    assertEquals(3, meta(reply).path("status").asInt());
    assertEquals("", meta(reply).path("error").asText());
  }

  @Test
  void endsAChildThatTakesTooLongOrSaysTooMuch() throws IOException {
    Harness.Reply slow = sync(spawn("sleep"), Map.of("args", List.of("1000"), "timeout", 50), "");
    assertEquals("ETIMEDOUT", meta(slow).path("error").asText());
    assertEquals("SIGTERM", meta(slow).path("signal").asText());
    Harness.Reply flood =
        sync(spawn("cat"), Map.of("args", List.of("/dev/zero"), "maxBuffer", 1000), "");
    assertEquals("ENOBUFS", meta(flood).path("error").asText());
    assertEquals(1000, flood.body().length);
  }

  @Test
  void whatAllSynchronousCallsCollectIsBoundedTogetherUntilItIsSent() throws IOException {
    String url =
        syncUrl(
            spawn("head"),
            Map.of("args", List.of("-c", "3000000", "/dev/zero"), "maxBuffer", OUTPUTS));
    StreamLane.Exchange first = page.open("POST", url, new byte[0]);
    StreamResponse unread = Harness.await(first.response());
    Harness.Reply second = page.fetch("POST", url, new byte[0]);
    assertEquals("ENOBUFS", meta(second).path("error").asText());
    assertTrue(second.body().length <= OUTPUTS - 3_000_000);
    unread.body().close();
    Harness.Reply third = page.fetch("POST", url, new byte[0]);
    assertEquals(3_000_000, third.body().length);
    assertEquals("", meta(third).path("error").asText());
  }

  @Test
  void variablesOfTheLoaderAreRefusedUnlessTheAppsDeveloperHasSetThem() throws IOException {
    for (String given : List.of("1", "0")) {
      Harness.Reply reply =
          sync(
              spawn("printenv"),
              Map.of("args", List.of("LD_BIND_NOW"), "env", Map.of("LD_BIND_NOW", given)),
              "");
      if (given.equals("1")) {
        assertEquals("1\n", new String(reply.body(), StandardCharsets.UTF_8));
      } else {
        assertEquals("ERR_ACCESS_DENIED", reply.code());
        assertTrue(reply.json().path("err").path("message").asText().contains("[env]"));
      }
    }
  }

  @Test
  void aLimitHoldsThoughWhatTheChildHasStartedGoesOn() throws IOException {
    for (String command :
        List.of(
            "echo $$; sleep 1000; true", "echo $$; sleep 1000 &", "echo $$; (sleep 1000) & wait")) {
      Harness.Reply slow = sync(MODULE + "shell", Map.of("command", command, "timeout", 200), "");
      assertEquals("ETIMEDOUT", meta(slow).path("error").asText(), command);
      String group = new String(slow.body(), StandardCharsets.UTF_8).strip();
      assertEquals(meta(slow).path("pid").asText(), group);
    }
    Harness.Reply deaf =
        sync(
            MODULE + "shell",
            Map.of("command", "trap '' TERM; cat /dev/zero; cat /dev/zero", "maxBuffer", 1000),
            "");
    assertEquals("ENOBUFS", meta(deaf).path("error").asText());
    assertEquals(1000, deaf.body().length);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatIsSaidAfterALimitTakesNothingOfTheRoomOfAll(@TempDir Path folder) throws IOException {
    Path go = folder.resolve("go");
    Path over = folder.resolve("over");
    // In a session of its own, so that it outlives the end of its group; until nobody reads it.
    String late =
        "trap \"\" PIPE; i=0; while [ ! -e "
            + go
            + " ] && [ $i -lt 1000 ]; do i=$((i+1)); sleep 0.01; done;"
            + " while echo late && [ $i -lt 2000 ]; do i=$((i+1)); sleep 0.01; done; touch "
            + over;
    int room = 1000;
    try (Harness small =
        new Harness(
            new ChildProcessModule(
                new VertxScheduler(vertx, Lane.create(vertx, "more timeouts")), Map.of(), room))) {
      Page other = small.page(1, ALL);
      String command = "setsid sh -c '" + late + "' 2>/dev/null & exec sleep 1000";
      Harness.Reply slow =
          other.fetch(
              "POST",
              syncUrl(MODULE + "shell", Map.of("command", command, "timeout", 300)),
              new byte[0]);
      assertEquals("ETIMEDOUT", meta(slow).path("error").asText());
      assertEquals(0, slow.body().length);
      Files.createFile(go);
      until(() -> Files.exists(over));
      List<String> args = List.of("-c", room + "", "/dev/zero");
      Harness.Reply next =
          other.fetch("POST", syncUrl(spawn("head"), Map.of("args", args)), new byte[0]);
      assertEquals("", meta(next).path("error").asText());
      assertEquals(room, next.body().length);
    }
  }

  @Test
  void lookingForAProgramTellsNothingOfOtherFiles(@TempDir Path folder) throws IOException {
    Path home = folder.toRealPath();
    Path secret = Files.writeString(home.resolve("secret"), "");
    Page some = harness.page(2, PolicySet.of(List.of("connect-src ipc://child-process/lookup")));
    for (Path file : List.of(secret, home.resolve("nothing"))) {
      assertEquals(
          file.toString(),
          some.data(MODULE + "lookup", Map.of("file", file.toString())).path("path").asText());
      assertEquals(
          "ENOENT",
          some.error(
                  MODULE + "lookup",
                  Map.of("file", file.getFileName().toString(), "path", home.toString()))
              .path("code")
              .asText());
    }
    assertEquals(
        real("true").toString(),
        some.data(MODULE + "lookup", Map.of("file", "true")).path("path").asText());
  }

  @Test
  void takesInputForASynchronousCallUpToABound() {
    String url =
        spawn("cat")
            + "?_="
            + URLEncoder.encode("{\"sync\":true,\"maxBuffer\":10}", StandardCharsets.UTF_8)
            + "&_u="
            + "0".repeat(32)
            + "&_n=";
    byte[] part = new byte[8 << 20];
    int parts = ChildProcessModule.SYNC_INPUT_BYTES / part.length;
    for (int i = 0; i < parts; i++) {
      assertEquals(200, page.fetch("POST", url + i, part).status());
    }
    // A part is answered when it has been taken: what is said of it comes with the next.
    page.fetch("POST", url + parts, part);
    assertEquals(
        "ERR_MESSAGE_TOO_LARGE",
        page.fetch("POST", url + (parts + 1) + "&_l=1", new byte[1]).code());
  }
}
