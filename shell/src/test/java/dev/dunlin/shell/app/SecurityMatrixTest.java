package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.bridge.AlwaysAllowed;
import dev.dunlin.bridge.AlwaysAllowed.Callers;
import dev.dunlin.bridge.Answer;
import dev.dunlin.bridge.Bridge;
import dev.dunlin.bridge.BridgeConfig;
import dev.dunlin.bridge.FileLane;
import dev.dunlin.bridge.Frame;
import dev.dunlin.bridge.PolicySet;
import dev.dunlin.bridge.StreamLane;
import dev.dunlin.bridge.StreamRequest;
import dev.dunlin.bridge.StreamResponse;
import dev.dunlin.bridge.spi.ByteSource;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Access;
import dev.dunlin.bridge.spi.Command.LastSegment;
import dev.dunlin.bridge.spi.Command.Permission;
import dev.dunlin.bridge.spi.Command.Resource;
import dev.dunlin.bridge.spi.Command.RunsOn;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.scheduler.RandomSource;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command as it is declared, with a handler that only counts, against everybody who may not
 * call it, on the call lane, the stream lane and by looks: a new command is tried without a line
 * here.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "makes symbolic links, and URLs of POSIX paths")
class SecurityMatrixTest {
  private static final String ORIGIN = "https://app.localhost";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long PATIENCE_SECONDS = 20;
  private static final String RAN = "ran";
  private static final String DENIED = "ERR_ACCESS_DENIED";
  private static final String NO_HANDLE = "0".repeat(32);

  @TempDir static Path folder;

  private static final Vertx VERTX = Vertx.vertx();

  /** Numbers of the calls whose handler ran: one that nobody waits for any more may run late. */
  private static final Set<String> RUNS = ConcurrentHashMap.newKeySet();

  private static final List<Row> ROWS = new ArrayList<>();
  private static Path root;
  private static Bridge bridge;
  private static int windows;
  private static int calls;

  private final List<String> faults = new ArrayList<>();

  /** A command and its module's name as a URL has it. */
  private record Row(String module, Command command) {
    String url(String resource) {
      String name = module + "/" + command.function();
      return command.resource() instanceof Resource.None
          ? "ipc://" + name
          : command.resource() instanceof Resource.Handle
              ? "ipc://handle/" + name + "/" + resource
              : "ipc://" + name + "/" + resource.replaceFirst("^/", "");
    }

    String honest() {
      Resource resource = command.resource();
      return url(
          resource instanceof Resource.File
              ? root + "/in/file"
              : resource instanceof Resource.Address
                  ? "127.0.0.1:9"
                  : resource instanceof Resource.Handle ? NO_HANDLE : "text");
    }

    /** What an honest call needs beside its URL. */
    Map<String, Object> params() {
      return command.resource() instanceof Resource.File file && !file.alsoParam().isEmpty()
          ? Map.of(file.alsoParam(), root + "/in/dest")
          : Map.of();
    }

    boolean is(Class<? extends Resource> kind) {
      return kind.isInstance(command.resource());
    }

    /** Who may call what no policy decides; empty for what one decides. */
    boolean always(Callers callers) {
      return Arrays.stream(AlwaysAllowed.values())
          .anyMatch(
              one ->
                  one.callers() == callers
                      && one.command().equals(module + "/" + command.function()));
    }
  }

  /** A module with its own declarations. Where a call asks for it, the handler opens something. */
  private record Counting(CommandModule real, List<Path> secretFiles) implements CommandModule {
    @Override
    public String name() {
      return real.name();
    }

    @Override
    public List<Command> commands() {
      return real.commands().stream()
          .map(
              one ->
                  new Command(
                      one.function(),
                      one.resource(),
                      one.permission(),
                      one.runsOn(),
                      call -> {
                        call.param("number").ifPresent(number -> RUNS.add(number.asText()));
                        return Future.succeededFuture(
                            call.param("opens").isPresent()
                                ? new Reply.Data(call.register(() -> {}).value())
                                : Reply.NOTHING);
                      }))
          .toList();
    }
  }

  @BeforeAll
  static void lay() throws IOException {
    root = folder.toRealPath();
    for (String name : List.of("in", "out", "app", "secret")) {
      Files.writeString(Files.createDirectory(root.resolve(name)).resolve("file"), name);
    }
    Files.createSymbolicLink(root.resolve("in/folder"), root.resolve("out"));
    Files.createSymbolicLink(root.resolve("in/link"), root.resolve("out/file"));
    List<CommandModule> modules = new ArrayList<>();
    for (CommandModule real : DeclaredModules.all()) {
      modules.add(
          new Counting(
              real, real.name().equals("fs") ? List.of(root.resolve("secret")) : List.of()));
      for (Command command : real.commands()) {
        ROWS.add(new Row(real.name().replace('_', '-'), command));
      }
    }
    // Who has no document has a policy that allows all: what such callers may not do is not its.
    bridge =
        new Bridge(
            VERTX,
            new BridgeConfig(
                ORIGIN,
                PolicySet.of(List.of("connect-src ipc:")),
                List.of(root.resolve("app")),
                RandomSource.secure(),
                FileLane.NONE),
            modules);
    assertTrue(ROWS.size() > 100, "the commands are not there");
  }

  @AfterAll
  static void close() {
    await(bridge.shutDown());
    await(VERTX.close());
  }

  private static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Somebody who calls, on one lane. */
  private interface Caller {
    JsonNode call(String url, Map<String, Object> params) throws IOException;
  }

  /**
   * What came of a call: {@link #RAN}, or the error's code. The handler ran if, and only if, so.
   */
  private String outcome(Caller caller, String url, Map<String, Object> params) {
    String number = Integer.toString(++calls);
    Map<String, Object> numbered = new HashMap<>(params);
    numbered.put("number", number);
    JsonNode error;
    try {
      error = caller.call(url, numbered);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    boolean ran = RUNS.contains(number);
    if (ran != error.isMissingNode()) {
      faults.add(url + (ran ? " ran, and answered " : " did not run, and answered ") + error);
    }
    return ran ? RAN : error.path("code").asText();
  }

  private void expect(String wanted, String who, Caller caller, String url, Map<String, Object> p) {
    String got = outcome(caller, url, p);
    if (!got.equals(wanted)) {
      faults.add(url + " " + p + " by " + who + ": " + got + ", not " + wanted);
    }
  }

  /** A page in a top frame, on both lanes; those of a nested frame and of its own have one. */
  private static final class Page {
    final int window = ++windows;
    final String id;
    private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    private int sequence;

    Page(String policy) {
      id = bridge.registerDocument(window, PolicySet.of(List.of(policy)));
      park();
    }

    private void park() {
      send(Map.of("d", id, "o", 1), this::park);
    }

    private void send(Map<String, Object> message, Runnable then) {
      Answer answer =
          new Answer() {
            @Override
            public void success(String json) {
              texts.add(json);
              then.run();
            }

            @Override
            public void failure(int code, String text) {
              texts.add("{\"r\":[[0,1,{\"code\":\"" + code + "\"}]]}");
            }
          };
      bridge
          .callLane()
          .receive(
              new Frame(window, "frame", true, ORIGIN + "/"),
              JSON.valueToTree(message).toString(),
              answer);
    }

    /** The error, a missing node if there was none. */
    JsonNode call(String url, Map<String, Object> params) throws IOException {
      int number = ++sequence;
      send(Map.of("d", id, "c", List.of(List.of(number, url, params))), () -> {});
      while (true) {
        for (JsonNode reply : JSON.readTree(next()).path("r")) {
          if (reply.path(0).asInt() == number || reply.path(0).asInt() == 0) {
            return reply.path(1).asInt() == 1 ? reply.path(2) : JSON.missingNode();
          }
        }
      }
    }

    private String next() {
      try {
        String text = texts.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertTrue(text != null, "no answer in time");
        return text;
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    Caller stream() {
      return (url, params) -> fetch(window, "frame", true, ORIGIN, url + "?_d=" + id, params);
    }

    /** As a page does: what is no look goes by the stream lane. */
    JsonNode look(String url, Map<String, Object> params) throws IOException {
      String query =
          params.entrySet().stream()
              .map(one -> "&" + one.getKey() + "=" + one.getValue())
              .collect(Collectors.joining());
      String answer = bridge.streamLane().look(window, url + "?_d=" + id + query);
      return answer.isEmpty() || answer.equals(StreamLane.NEVER)
          ? stream().call(url, params)
          : JSON.readTree(answer).path("err");
    }

    void each(BiConsumer<String, Caller> with) {
      with.accept("the call lane", this::call);
      with.accept("the stream lane", stream());
      with.accept("a look", this::look);
    }
  }

  private static Caller nested(String policy) {
    int window = ++windows;
    String id = bridge.registerDocument(window, PolicySet.of(List.of(policy)));
    return (url, params) -> fetch(window, "nested", false, ORIGIN, url + "?_d=" + id, params);
  }

  private static JsonNode fetch(
      int window, String frame, boolean top, String origin, String url, Map<String, Object> params)
      throws IOException {
    JsonNode answer = answer(window, frame, top, origin, url, params);
    return answer.path("err");
  }

  private static JsonNode answer(
      int window, String frame, boolean top, String origin, String url, Map<String, Object> params)
      throws IOException {
    String query =
        params.entrySet().stream()
            .map(one -> one.getKey() + "=" + one.getValue())
            .collect(Collectors.joining("&"));
    String whole = query.isEmpty() ? url : url + (url.contains("?") ? "&" : "?") + query;
    StreamResponse response =
        await(
            bridge
                .streamLane()
                .open(new StreamRequest(window, frame, top, origin, "GET", whole, new byte[0]))
                .response());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[4096];
    try (ByteSource body = response.body()) {
      for (int n; (n = body.read(buffer, buffer.length)) != ByteSource.END; ) {
        if (n == ByteSource.NOT_YET) {
          CountDownLatch readable = new CountDownLatch(1);
          body.whenReadable(readable::countDown);
          try {
            assertTrue(readable.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "nothing to read");
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        } else {
          bytes.write(buffer, 0, n);
        }
      }
    }
    return JSON.readTree(bytes.toByteArray());
  }

  private static String connect(Stream<String> sources) {
    return "connect-src 'self' " + sources.collect(Collectors.joining(" "));
  }

  /** The source that allows a row's honest call, and no other row's. */
  private static String source(Row row) {
    return row.is(Resource.File.class)
        ? "ipc://" + row.module + "/" + row.command.function() + root + "/in/"
        : row.honest();
  }

  @Test
  void runsForWhosePolicyNamesItAndForNobodyElse() {
    for (Row row : ROWS) {
      boolean always = row.always(Callers.ANY) || row.always(Callers.TOP);
      assertEquals(always, row.command.permission() == Permission.ALWAYS, row::toString);
      boolean person = row.command.permission() == Permission.PERSON;
      String refused = always ? RAN : DENIED;
      String allowed = row.is(Resource.Handle.class) ? "ERR_UNKNOWN_HANDLE" : RAN;
      String others =
          connect(
              ROWS.stream()
                  .filter(other -> other != row)
                  .map(SecurityMatrixTest::source)
                  .distinct());
      new Page("connect-src 'self'")
          .each((lane, by) -> expect(refused, "nobody, " + lane, by, row.honest(), row.params()));
      new Page(others)
          .each((lane, by) -> expect(refused, "others, " + lane, by, row.honest(), row.params()));
      Page own = new Page(connect(Stream.of(source(row))));
      expect(allowed, "its own", own::call, row.honest(), row.params());
      expect(
          person ? DENIED : allowed,
          "its own by the stream lane",
          own.stream(),
          row.honest(),
          row.params());
    }
    assertEquals(List.of(), faults);
  }

  @Test
  void whatIsForTheTopDocumentRunsForNoFrameAndNoWorkerWhateverTheirPolicy() {
    Caller frame = nested("connect-src ipc:");
    Caller worker = (url, params) -> fetch(-1, "", false, ORIGIN, url, params);
    Caller unnamed = (url, params) -> fetch(++windows, "frame", false, ORIGIN, url, params);
    for (Row row : ROWS) {
      boolean top = row.always(Callers.TOP) || row.command.permission() == Permission.PERSON;
      String wanted = top ? DENIED : row.is(Resource.Handle.class) ? "ERR_UNKNOWN_HANDLE" : RAN;
      expect(wanted, "a nested frame", frame, row.honest(), row.params());
      expect(wanted, "a shared worker", worker, row.honest(), row.params());
      expect("ERR_NO_BRIDGE", "a frame without a name", unnamed, row.honest(), row.params());
      for (String origin :
          List.of("null", "https://app.localhost.evil.example", "", ORIGIN + ":8")) {
        expect(
            "ERR_NO_BRIDGE",
            "the origin " + origin,
            (url, params) -> fetch(1, "frame", true, origin, url, params),
            row.honest(),
            row.params());
      }
    }
    assertEquals(List.of(), faults);
  }

  @Test
  void aPathIsWhatItLeadsToAndEachPathOfACommandIsPoliced() {
    for (Row row : ROWS) {
      if (!(row.command.resource() instanceof Resource.File file)) {
        continue;
      }
      boolean itself = file.last() == LastSegment.NO_FOLLOW;
      new Page(connect(Stream.of(source(row))))
          .each(
              (lane, by) -> {
                BiConsumer<String, String> path =
                    (wanted, name) ->
                        expect(wanted, lane, by, row.url(root + "/in/" + name), row.params());
                path.accept(DENIED, "folder/file");
                path.accept(DENIED, "folder/new");
                path.accept(itself ? RAN : DENIED, "link");
                expect(DENIED, lane, by, row.url(root + "/out/file"), row.params());
                expect(DENIED, lane, by, row.url(root + "/in"), row.params());
                for (String up : List.of("../out/file", "%2e%2e/out/file", "..%2fout/file")) {
                  String got = outcome(by, row.url(root + "/in/" + up), row.params());
                  if (!List.of(DENIED, "ERR_INVALID_CALL").contains(got)) {
                    faults.add(row.url(up) + ", " + lane + ": " + got);
                  }
                }
                if (!file.alsoParam().isEmpty()) {
                  BiConsumer<String, String> second =
                      (wanted, name) ->
                          expect(
                              wanted,
                              lane,
                              by,
                              row.honest(),
                              Map.of(file.alsoParam(), root + "/" + name));
                  second.accept(DENIED, "out/dest");
                  second.accept(DENIED, "in/folder/dest");
                  second.accept(itself ? RAN : DENIED, "in/link");
                  expect("ERR_INVALID_CALL", lane, by, row.honest(), Map.of());
                }
              });
    }
    assertEquals(List.of(), faults);
  }

  @Test
  void aSourceThatMerelyReachesTheAppOrItsKeysIsNotEnough() {
    Page rich = new Page("connect-src ipc:");
    for (Row row : ROWS) {
      if (!(row.command.resource() instanceof Resource.File file)) {
        continue;
      }
      rich.each(
          (lane, by) -> {
            String mine = outcome(by, row.url(root + "/app/file"), row.params());
            boolean reads =
                CommandsDocTest.plainAccess(file) == Access.READ
                    && (row.command.permission() != Permission.PERSON
                        || lane.equals("the call lane"));
            if (!mine.equals(reads ? RAN : DENIED)) {
              faults.add(row + " of the app, " + lane + ": " + mine);
            }
            expect(DENIED, lane, by, row.url(root + "/secret/file"), row.params());
            if (!file.alsoParam().isEmpty()) {
              for (String guarded : List.of("app", "secret")) {
                Map<String, Object> dest = Map.of(file.alsoParam(), root + "/" + guarded + "/new");
                expect(DENIED, lane, by, row.honest(), dest);
              }
            }
          });
    }
    assertEquals(List.of(), faults);
  }

  @Test
  void aHandleIsOfItsWindowAndItsModuleAlone() throws IOException {
    Page page = new Page("connect-src ipc:");
    Page other = new Page("connect-src ipc:");
    Map<String, String> open = new HashMap<>();
    for (Row row : ROWS) {
      boolean may =
          row.command.runsOn() == RunsOn.WORKER || row.command.runsOn() == RunsOn.EVENT_LOOP;
      if (may
          && !row.is(Resource.Handle.class)
          && row.command.permission() == Permission.POLICY
          && !open.containsKey(row.module)) {
        Map<String, Object> params = new HashMap<>(row.params());
        params.put("opens", 1);
        open.put(
            row.module,
            answer(page.window, "frame", true, ORIGIN, row.honest() + "?_d=" + page.id, params)
                .path("data")
                .asText());
      }
    }
    int tried = 0;
    for (Row row : ROWS) {
      if (!row.is(Resource.Handle.class)) {
        continue;
      }
      String mine = row.url(open.get(row.module));
      page.each((lane, by) -> expect(RAN, lane, by, mine, Map.of()));
      other.each(
          (lane, by) -> expect("ERR_UNKNOWN_HANDLE", "another, " + lane, by, mine, Map.of()));
      for (Map.Entry<String, String> foreign : open.entrySet()) {
        if (!foreign.getKey().equals(row.module)) {
          page.each(
              (lane, by) ->
                  expect(
                      "ERR_UNKNOWN_HANDLE",
                      "a handle of " + foreign.getKey(),
                      by,
                      row.url(foreign.getValue()),
                      Map.of()));
        }
      }
      tried++;
    }
    assertTrue(tried > 20, "no commands on handles");
    bridge.documentGone(page.id);
    assertEquals(List.of(), faults);
  }
}
