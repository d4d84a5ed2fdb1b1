package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.shell.host.Xvfb;
import dev.dunlin.shell.update.AppFolder;
import dev.dunlin.shell.update.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Who reaches what: every command of {@code docs/commands.md} (which {@code CommandsDocTest} holds
 * to the declarations) × every kind of document and worker × every lane × what the policy names, in
 * an app as a package brings it. The order of what the policies name comes from a seed that is
 * printed ({@code -Dmatrix.seed=N}).
 */
class MatrixSuite {
  private static final String ID = "dev.dunlin.matrix";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Pattern ROW =
      Pattern.compile(
          "\\| `ipc://(handle/)?([^/`]+)/([^/`]+)(?:/[*H])?` \\| ([^|]*) \\| [^|]* \\| ([^|]*) \\|"
              + " [^|]* \\|");

  /**
   * What ends, hides or stops the page that asks, takes the input that drives it, or starts another
   * program for the person; asked for only where it is to be refused.
   */
  private static final Set<String> ENDS =
      Set.of(
          "application/exit",
          "application/reveal",
          "window/close",
          "window/hide",
          "window/minimize",
          "window/showInspector",
          "process/stdin");

  /**
   * What a synchronous request would have to wait for: the answer of a server of names, or the page
   * itself, which stands still meanwhile.
   */
  private static final Set<String> WAITS =
      Set.of(
          "dns/resolve",
          "dns/resolveAt",
          "dns/reverse",
          "window/printToPDF",
          "window/screenshot",
          "window/capturePage",
          "window/zoom",
          "window/find",
          "window/stopFinding",
          "window/printTo",
          "session/cookies",
          "session/setCookie",
          "session/deleteCookies",
          "session/clear");

  private static final long SEED =
      Long.getLong("matrix.seed", RandomSource.secure().bytes(1)[0] & 3L);

  /** What a header that names any source of their module gets. */
  private static final Set<String> OF_MODULE =
      Set.of(
          "child-process/lookup",
          "bluetooth/availability",
          "bluetooth/device",
          "bluetooth/devices");

  @RegisterExtension static final Apps APPS = new Apps();

  private static Xvfb display;
  private static HttpServer elsewhere;
  private static String ask;

  @TempDir private Path folder;

  /** How the right to call a command is decided. */
  private enum Right {
    POLICY,
    PERSON,
    ANY,
    TOP,
    OPENING
  }

  private record Command(String module, String function, String kind, Right right) {
    String name() {
      return module + "/" + function;
    }

    String resource(Path data) {
      if (right == Right.OPENING) {
        return "/0123456789abcdef0123456789abcdef";
      }
      return switch (kind) {
        case "" -> "";
        case "address" -> "/127.0.0.1:0";
        case "text" -> module.equals("dns") ? "/localhost" : "/right-" + function;
        default ->
            module.equals("child-process")
                ? "/usr/bin/true"
                : data.resolve("matrix").resolve(function)
                    + (function.equals("mkdtemp") ? "/" : "");
      };
    }

    String url(Path data) {
      return "ipc://" + (right == Right.OPENING ? "handle/" : "") + name() + resource(data);
    }

    ObjectNode params(Path data) {
      return JSON.createObjectNode().put("dest", kind.contains("dest") ? resource(data) : "");
    }

    private String source(Named named, Path data) {
      String resource = resource(data);
      String slash = resource.endsWith("/") ? "" : "/";
      return switch (named) {
        case NOTHING -> "";
        case OTHER_FUNCTION ->
            " ipc://" + name() + "x" + resource + " ipc://" + module + "x/" + function + resource;
        case OTHER_RESOURCE -> " ipc://" + name() + resource + slash + "other";
        case ITSELF -> " ipc://" + name() + resource;
      };
    }
  }

  /** What a policy names of one command. */
  private enum Named {
    NOTHING,
    OTHER_FUNCTION,
    OTHER_RESOURCE,
    ITSELF
  }

  /** What the policy of one app names. */
  private enum Policy {
    /** No command of any kind. */
    NO_COMMAND,
    /** Of each command something else, so that four apps have all of it. */
    FIRST,
    SECOND,
    THIRD,
    FOURTH,
    /** Every command. */
    EVERYTHING;

    boolean names(Named named) {
      return this == EVERYTHING || this != NO_COMMAND && named == Named.ITSELF;
    }
  }

  private enum Lane {
    CALL,
    BYTES,
    STREAM,
    SYNC
  }

  /**
   * Who asks. A script with {@code request} in scope that makes the one who asks, and its words.
   */
  private enum Asker {
    MAIN("return await ask(window, request)"),
    FRAME("return await framed(f => f.src = '/asking.html')"),
    EMPTY_FRAME(
        "const f = document.createElement('iframe'); document.body.append(f);"
            + "try { return await ask(f.contentWindow, request) } finally { f.remove() }"),
    WORKER("return await worked(new Worker('/worker.js'))"),
    BLOB_WORKER(
        "return await worked(new Worker(URL.createObjectURL(new Blob(['importScripts(\"' +"
            + " location.origin + '/worker.js\")']))))"),
    SHARED_WORKER("return await told(new SharedWorker('/worker.js').port, request)"),
    SERVICE_WORKER(
        "await navigator.serviceWorker.register('/worker.js');"
            + "return await told((await navigator.serviceWorker.ready).active, request)"),
    SRCDOC("return await framed(f => f.srcdoc = asking)"),
    DATA("return await framed(f => f.src = 'data:text/html,' + encodeURIComponent(asking))"),
    BLOB(
        "return await framed(f => f.src = URL.createObjectURL(new Blob([asking], {type:"
            + " 'text/html'})))"),
    SANDBOXED("return await framed(f => { f.sandbox = 'allow-scripts'; f.src = '/asking.html' })"),
    SANDBOXED_SRCDOC(
        "return await framed(f => { f.sandbox = 'allow-scripts'; f.srcdoc = asking })"),
    OTHER_ORIGIN("return await framed(f => f.src = elsewhere)");

    private final String script;

    Asker(String script) {
      this.script = script;
    }

    boolean has(Lane lane) {
      return switch (lane) {
        case CALL, BYTES -> this == MAIN;
        case STREAM -> ordinal() <= SERVICE_WORKER.ordinal();
        case SYNC -> ordinal() < SERVICE_WORKER.ordinal();
      };
    }

    /** Whether it counts as the top document of its window. */
    boolean isTop() {
      return this == MAIN || this == EMPTY_FRAME || this == WORKER || this == BLOB_WORKER;
    }
  }

  @BeforeAll
  static void open() throws IOException {
    try (InputStream script = MatrixSuite.class.getResourceAsStream("matrix/ask.js")) {
      ask = new String(script.readAllBytes(), StandardCharsets.UTF_8);
    }
    elsewhere = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    elsewhere.createContext(
        "/",
        exchange -> {
          byte[] page = asking().getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("content-type", "text/html");
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    elsewhere.start();
    display = Xvfb.start();
  }

  @AfterAll
  static void close() {
    display.close();
    elsewhere.stop(0);
  }

  private static String url() {
    return "http://127.0.0.1:" + elsewhere.getAddress().getPort() + "/";
  }

  /** A page that asks when it is told to. */
  private static String asking() {
    return "<!doctype html><title>asking</title><script>" + ask + ANSWER + "</script>";
  }

  private static final String ANSWER =
      """
      const answer = async event => {
        if (!event.ports.length) return
        const request = {...event.data}
        if (request.id === 'own') request.id = performance.getEntriesByType('navigation')[0]?.serverTiming[0]?.description ?? ''
        event.ports[0].postMessage(await ask(globalThis, request))
      }
      addEventListener('message', answer)
      addEventListener('connect', event => { event.ports[0].onmessage = answer })
      """;

  private static final String TELL =
      """
      const asking = %s, elsewhere = %s
      const told = (whom, request) => new Promise((resolve, reject) => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = event => resolve(event.data)
        whom.postMessage(request, whom === globalThis.frameAsked ? {targetOrigin: '*', transfer: [port2]} : [port2])
      })
      const worked = async worker => { try { return await told(worker, request) } finally { worker.terminate() } }
      const framed = async make => {
        const frame = document.createElement('iframe')
        const loaded = new Promise(resolve => { frame.onload = resolve })
        make(frame)
        document.body.append(frame)
        await loaded
        globalThis.frameAsked = frame.contentWindow
        try { return await told(frame.contentWindow, {...request, id: 'own'}) } finally { frame.remove() }
      }
      const own = performance.getEntriesByType('navigation')[0].serverTiming[0].description
      """;

  private static List<Command> commands() throws IOException {
    Path home = Layout.of(Account.self()).home();
    List<Command> all = new ArrayList<>();
    long rows = 0;
    for (String line : Files.readAllLines(home.resolve("docs/commands.md"))) {
      rows += line.startsWith("| `ipc://") ? 1 : 0;
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        String by = row.group(5);
        Right right =
            row.group(1) != null
                ? Right.OPENING
                : by.equals("policy")
                    ? Right.POLICY
                    : by.startsWith("policy")
                        ? Right.PERSON
                        : by.startsWith("top document") ? Right.TOP : Right.ANY;
        all.add(new Command(row.group(2), row.group(3), row.group(4), right));
      }
    }
    assertEquals(rows, all.size(), "rows of docs/commands.md that are understood");
    return all;
  }

  private RunningApp.Start install(Policy policy, String sources) throws IOException {
    Path app = folder.resolve(policy.name());
    Files.createDirectories(app.resolve("src"));
    Files.writeString(
        app.resolve("socket.ini"),
        "[build]\nname = matrix\ncopy = src\n[meta]\ntitle = Matrix\nbundle_identifier = "
            + ID
            + "\nversion = 1.0.0\n[webview]\nnavigator_policies_allowed = "
            + url()
            + "\n[security]\npolicy[] = default-src 'self'; script-src 'self' 'unsafe-inline'"
            + " socket: blob:; worker-src 'self' blob:; frame-src * data: blob:\n"
            + "policy[] = connect-src 'self'"
            + sources
            + "\n");
    Files.writeString(app.resolve("src/index.html"), "<!doctype html><script>" + ask + "</script>");
    Files.writeString(app.resolve("src/asking.html"), asking());
    Files.writeString(app.resolve("src/worker.js"), ask + ANSWER);
    SortedMap<String, Path> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(app)) {
      all.filter(Files::isRegularFile)
          .forEach(file -> files.put(app.relativize(file).toString(), file));
    }
    Files.write(
        app.resolve(Manifest.FILE),
        Manifest.ofFiles(ID, "1.0.0", AppFolder.entries(files)).toBytes());
    return RunningApp.Start.of(app)
        .driven()
        .withWords()
        .variable("DISPLAY", display.display())
        .variable("XAUTHORITY", display.authority().toString())
        .variable("JAVA_TOOL_OPTIONS", "-Ddunlin.app=" + app);
  }

  @ParameterizedTest
  @EnumSource
  void nobodyReachesWhatThePolicyDoesNotNameAndThePageReachesWhatItDoes(Policy policy)
      throws IOException {
    List<Command> commands = commands();
    Path variable = Path.of("/$DATA");
    Map<Command, Named> named = new TreeMap<>((a, b) -> key(a).compareTo(key(b)));
    StringBuilder sources = new StringBuilder(policy == Policy.EVERYTHING ? " ipc:" : "");
    for (int i = 0; i < commands.size(); i++) {
      Command command = commands.get(i);
      Named what = Named.values()[(int) ((i + SEED + policy.ordinal()) % Named.values().length)];
      named.put(command, what);
      if (policy.names(Named.ITSELF)
          && policy != Policy.EVERYTHING
          && command.right() != Right.OPENING) {
        sources.append(command.source(what, variable));
      }
    }
    RunningApp app = APPS.start(install(policy, sources.toString()));
    Path data = app.base().resolve("data").resolve(ID);
    prepare(data, commands);
    Page page = app.page();
    page.await("typeof ask === 'function' && document.readyState === 'complete'");
    page.allowLoopback();
    List<String> wrong = new ArrayList<>();
    Map<Asker, Integer> asked = new EnumMap<>(Asker.class);
    for (Asker asker : Asker.values()) {
      for (Lane lane : Lane.values()) {
        List<Command> now =
            commands.stream()
                .filter(command -> isAsked(command, policy, named, asker, lane))
                .toList();
        JsonNode words = ask(page, asker, lane, now, data);
        assertEquals(now.size(), words.size(), () -> asker + " " + lane + ": " + words);
        asked.merge(asker, now.size(), Integer::sum);
        for (int i = 0; i < now.size(); i++) {
          Command command = now.get(i);
          String word = words.path(i).asText();
          Set<String> right = expected(command, policy, named.get(command), asker, lane);
          if (!right.contains(kind(command, word))) {
            wrong.add(
                asker
                    + " by "
                    + lane
                    + " asked for "
                    + command.url(data)
                    + " ("
                    + (policy == Policy.EVERYTHING ? "everything" : named.get(command))
                    + " named): "
                    + word
                    + ", expected "
                    + right);
          }
        }
      }
    }
    System.out.println("matrix: seed " + SEED + ", " + policy + ", asked " + asked);
    assertEquals("", wrong.stream().limit(40).collect(Collectors.joining("\n")));
  }

  @Test
  void aRemotePageInTheAppsWindowReachesNothingAndNoWindowOpens() throws IOException {
    RunningApp app = APPS.start(install(Policy.EVERYTHING, " ipc:"));
    Page page = app.page();
    page.await("typeof ask === 'function' && document.readyState === 'complete'");
    String own = page.evaluate("location.origin").asText();
    assertTrue(page.evaluate("window.open('/asking.html') === null").asBoolean());
    page.evaluate("void (location.href = '" + url() + "')");
    page.await("typeof ask === 'function' && location.origin !== '" + own + "'");
    for (Lane lane : Lane.values()) {
      JsonNode words =
          page.run(
              "return await ask(window, "
                  + request(lane, commands(), app.base().resolve("data"))
                  + ")",
              PATIENCE);
      for (JsonNode word : words) {
        assertTrue(Set.of("none", "blocked").contains(word.asText()), lane + ": " + words);
      }
    }
  }

  private static String key(Command command) {
    return command.right() + " " + command.name();
  }

  private static void prepare(Path data, List<Command> commands) throws IOException {
    Path matrix = Files.createDirectories(data.resolve("matrix"));
    for (Command command : commands) {
      if (command.module().equals("fs") && !Files.exists(matrix.resolve(command.function()))) {
        if (Set.of("opendir", "readdir", "rmdir", "mkdtemp").contains(command.function())) {
          Files.createDirectory(matrix.resolve(command.function()));
        } else {
          Files.writeString(matrix.resolve(command.function()), "content");
        }
      }
    }
  }

  private static boolean isAsked(
      Command command, Policy policy, Map<Command, Named> named, Asker asker, Lane lane) {
    boolean refused =
        expected(command, policy, named.get(command), asker, lane).stream()
            .noneMatch(word -> word.equals("reached"));
    return refused
        || !ENDS.contains(command.name()) && !(lane == Lane.SYNC && WAITS.contains(command.name()));
  }

  /** What may come of a call, by the rules of docs/bridge.md. */
  private static Set<String> expected(
      Command command, Policy policy, Named named, Asker asker, Lane lane) {
    if (!asker.has(lane)) {
      return Set.of("none", "blocked");
    }
    boolean callLane = lane == Lane.CALL || lane == Lane.BYTES;
    boolean isNamed = policy.names(named);
    Set<String> refused = callLane ? Set.of("denied") : Set.of("denied", "blocked");
    return switch (command.right()) {
      case POLICY ->
          isNamed || policy != Policy.NO_COMMAND && OF_MODULE.contains(command.name())
              ? Set.of("reached")
              : refused;
      case PERSON ->
          !isNamed
              ? refused
              : callLane && asker == Asker.MAIN ? Set.of("reached", "person") : Set.of("person");
      // Of the stream lane Chromium asks the page's own policy first.
      case ANY -> isNamed || callLane ? Set.of("reached") : refused;
      case TOP -> asker.isTop() && (isNamed || callLane) ? Set.of("reached") : refused;
      case OPENING -> policy == Policy.NO_COMMAND ? refused : Set.of("unknown handle");
    };
  }

  private static String kind(Command command, String word) {
    return switch (word) {
      case "none", "blocked", "denied", "person" -> word;
      case "ERR_UNKNOWN_HANDLE" -> command.right() == Right.OPENING ? "unknown handle" : "reached";
      case "ERR_NO_BRIDGE" -> "none";
      case "ERR_UNKNOWN_COMMAND" -> word;
      default -> word.startsWith("failure") ? word : "reached";
    };
  }

  private static ObjectNode request(Lane lane, List<Command> commands, Path data) {
    ObjectNode request = JSON.createObjectNode();
    request.put("lane", lane.name().toLowerCase(Locale.ROOT)).put("id", "");
    ArrayNode calls = request.putArray("calls");
    for (Command command : commands) {
      calls.addArray().add(command.url(data)).add(command.params(data));
    }
    return request;
  }

  private static JsonNode ask(
      Page page, Asker asker, Lane lane, List<Command> commands, Path data) {
    return page.run(
        TELL.formatted(
                JSON.valueToTree(asking()).toString().replace("</script>", "<\\/script>"),
                JSON.valueToTree(url()))
            + "const request = {..."
            + request(lane, commands, data)
            + (asker == Asker.MAIN ? ", id: own" : "")
            + "};"
            + asker.script,
        PATIENCE);
  }
}
