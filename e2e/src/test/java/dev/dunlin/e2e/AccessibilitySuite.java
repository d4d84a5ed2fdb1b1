package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pages as an assistive technology reads them: the real bus and registry of at-spi2-core, and its
 * own library as the reader ({@code reader.py}). The app is there before the reader is switched on.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AccessibilitySuite {
  /** As shells count an end by Ctrl-C. */
  private static final int ENDED = 130;

  /** Less than what libdbus waits for a bus. */
  private static final Duration HANGS = Duration.ofSeconds(20);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PYTHON = "/usr/bin/python3";
  private static final String READER = "e2e/src/test/resources/reader.py";
  private static final String APP = "Accessible";

  private static final String MISSING =
      "at-spi2-core is not here: no assistive technology is tried (apt-get install at-spi2-core"
          + " gir1.2-atspi-2.0 python3-gi dbus)";

  /** What a page could tell a person with a screen reader by. */
  private static final String SEEN_BY_PAGE =
      """
      JSON.stringify([
        Object.getOwnPropertyNames(window).filter(name => isNaN(name)).sort(),
        Object.keys(Navigator.prototype).map(name => [name, String(navigator[name])]),
        ['prefers-contrast: more', 'forced-colors: active', 'prefers-reduced-motion: reduce', 'inverted-colors: inverted',
         'prefers-reduced-transparency: reduce', 'pointer: fine', 'hover: hover'].map(query => matchMedia(`(${query})`).matches),
        document.documentElement.outerHTML, devicePixelRatio, navigator.maxTouchPoints
      ])
      """;

  @RegisterExtension static final Apps APPS = new Apps();

  @TempDir static Path folder;

  private static Desktop desktop;
  private static ChildProcess bus;
  private static ChildProcess reader;
  private static BufferedReader answers;
  private static Map<String, String> session;
  private static RunningApp app;
  private static Page page;
  private static JsonNode before;
  private static boolean connectedBefore;
  private static String seenBefore;

  @BeforeAll
  static void open() throws IOException {
    assumeThere();
    desktop = Desktop.startFull();
    Path run = Files.createDirectory(folder.resolve("run"));
    bus =
        desktop.start(
            List.of("dbus-daemon", "--session", "--nofork", "--print-address=1"),
            Map.of("XDG_RUNTIME_DIR", run.toString()),
            Stdio.PIPE);
    session = Map.of("DBUS_SESSION_BUS_ADDRESS", lines(bus).readLine());
    startReader(run);
    tell("switch", false);
    app = APPS.startOnForSuite(desktop, "accessible", "", folder, session);
    page = app.page();
    page.await("document.hasFocus()");
    before = tell("applications");
    connectedBefore = tell("connected", app.pid()).asBoolean();
    seenBefore = page.evaluate(SEEN_BY_PAGE).asText();
    tell("switch", true);
    awaitApplication(true);
    app.await(() -> !find("document web", "Order form").isNull(), "the page", RunningApp.SOON);
  }

  private static void assumeThere() {
    boolean there =
        ProcessStarter.find("dbus-daemon").isPresent()
            && Files.exists(Path.of("/usr/share/dbus-1/services/org.a11y.Bus.service"))
            && ProcessStarter.get()
                    .start(
                        ProcessSpec.of(
                                PYTHON, "-c", "import gi; gi.require_version('Atspi', '2.0')")
                            .withStdio(Stdio.NULL, Stdio.NULL, Stdio.NULL))
                    .compose(ChildProcess::exit)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join()
                == 0;
    if (!there) {
      System.err.println("SKIPPED: " + MISSING);
    }
    assumeTrue(there, MISSING);
  }

  private static BufferedReader lines(ChildProcess program) {
    return new BufferedReader(new InputStreamReader(program.stdout(), StandardCharsets.UTF_8));
  }

  private static void startReader(Path run) throws IOException {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("DISPLAY", desktop.name());
    environment.put("XAUTHORITY", desktop.authority());
    environment.put("XDG_RUNTIME_DIR", run.toString());
    environment.putAll(session);
    reader =
        ProcessStarter.get()
            .start(
                ProcessSpec.of(PYTHON, Layout.of(Account.self()).home().resolve(READER).toString())
                    .withEnvironment(environment)
                    .withStdio(Stdio.PIPE, Stdio.PIPE, Stdio.INHERIT))
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    answers = lines(reader);
    assertEquals("ready", answers.readLine());
  }

  @AfterAll
  static void close() {
    if (desktop != null) {
      if (app != null) {
        app.close();
      }
      for (ChildProcess program : new ChildProcess[] {reader, bus}) {
        if (program != null) {
          program.killTree();
        }
      }
      desktop.close();
    }
  }

  /** Has the reader do something, and gives what it says. */
  private static JsonNode tell(Object... words) {
    JsonNode answer = answer(words);
    assertFalse(answer.has("fault"), () -> List.of(words) + ": " + answer);
    return answer.path("said");
  }

  private static JsonNode answer(Object... words) {
    try {
      reader
          .stdin()
          .write((JSON.writeValueAsString(words) + "\n").getBytes(StandardCharsets.UTF_8));
      reader.stdin().flush();
      String line = answers.readLine();
      return JSON.readTree(line == null ? "{\"fault\": \"it has ended\"}" : line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void awaitApplication(boolean there) {
    app.await(
        () -> tell("applications").toString().equals(there ? "[\"" + APP + "\"]" : "[]"),
        there ? "the app on the bus" : "nothing on the bus",
        RunningApp.SOON);
  }

  private static JsonNode find(String role, String name) {
    return tell("find", APP, role, name);
  }

  private static void awaitHeard(String... event) {
    try {
      app.await(() -> isHeard(event), "the event " + List.of(event), RunningApp.SOON);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "; heard: " + tell("heard"), e);
    }
  }

  /** What is given of it: kind, detail, role, name, what came with it. */
  private static boolean isHeard(String... event) {
    return StreamSupport.stream(tell("heard").spliterator(), false)
        .anyMatch(
            one -> {
              for (int i = 0; i < event.length; i++) {
                if (!one.path(i).asText().equals(event[i])) {
                  return false;
                }
              }
              return true;
            });
  }

  @Test
  void nothingIsOnTheBusUntilAnAssistiveTechnologyIsThere() {
    assertEquals("[]", before.toString());
    assertFalse(connectedBefore);
    assertTrue(tell("connected", app.pid()).asBoolean());
  }

  @Test
  void thePageCantSeeThatAScreenReaderIsThere() {
    assertEquals(seenBefore, page.evaluate(SEEN_BY_PAGE).asText());
  }

  @Test
  @Shows(Feature.ACCESSIBILITY)
  void aReaderFindsTheAppByItsNameAndHeadingsLinksAndFieldsByTheirRoles() {
    assertEquals("[\"" + APP + "\"]", tell("applications").toString());
    assertEquals("1", find("heading", "Tea").at("/attributes/level").asText());
    assertEquals("2", find("heading", "Black").at("/attributes/level").asText());
    assertEquals("paragraph", find("link", "under these terms").path("parent").asText());
    JsonNode name = find("entry", "Your name");
    assertEquals("Ada Lovelace", name.path("text").asText());
    assertTrue(name.path("states").toString().contains("\"editable\""), name::toString);
    assertEquals("Nothing ordered", find("status bar", "").path("text").asText());
    assertEquals(4, find("slider", "Cups").path("value").asInt());
  }

  @Test
  @Shows(Feature.ACCESSIBILITY)
  void aPasswordIsNotReadAloud() {
    JsonNode secret = find("password text", "Secret");
    assertFalse(secret.isNull());
    assertFalse(secret.toString().contains("hunter2"), secret::toString);
  }

  @Test
  @Shows(Feature.ACCESSIBILITY)
  void whatItSaysOfPlacesIsWhereThePersonSeesThem() {
    Desktop.Area window =
        desktop.window(page.evaluate("document.title").asText()).orElseThrow().area();
    JsonNode place =
        page.evaluate(
            "(box => [box.left, box.top, box.width, box.height])(order.getBoundingClientRect())");
    JsonNode box = find("push button", "Order now").path("box");
    // Half a pixel is rounded to either side.
    assertEquals(window.x() + place.path(0).asDouble(), box.path(0).asDouble(), 1.5);
    assertEquals(window.y() + place.path(1).asDouble(), box.path(1).asDouble(), 1.5);
    assertEquals(place.path(2).asDouble(), box.path(2).asDouble(), 1.5);
    assertEquals(place.path(3).asDouble(), box.path(3).asDouble(), 1.5);
  }

  @Test
  @Shows(Feature.ACCESSIBILITY)
  void aReaderPressesAButtonAndMovesASlider() {
    page.run(
        "globalThis.clicks = 0; order.onclick = () => {clicks++; terms.textContent = 'Ordered'}");
    JsonNode button = find("push button", "Order now");
    assertEquals("press", button.path("actions").path(0).asText());
    assertTrue(tell("do", APP, "push button", "Order now", 0).asBoolean());
    page.await("clicks === 1");
    // Other tests compare what the page has.
    page.run("delete globalThis.clicks; order.onclick = null");
    app.await(
        () -> find("status bar", "").path("text").asText().equals("Ordered"),
        "the new text",
        RunningApp.SOON);
    assertTrue(tell("set", APP, "slider", "Cups", 7).asBoolean());
    page.await("cups.value === '7'");
    page.run("terms.textContent = 'Nothing ordered'; cups.value = 4");
    app.await(
        () -> find("status bar", "").path("text").asText().equals("Nothing ordered"),
        "the old text",
        RunningApp.SOON);
  }

  @Test
  @Shows(Feature.ACCESSIBILITY)
  void aReaderHearsWhereTheFocusGoesAndWhatIsTypedAndTicked() {
    page.evaluate("who.focus()");
    awaitHeard("object:state-changed:focused", "1", "entry", "Your name");
    assertTrue(tell("focus", APP, "push button", "Order now").asBoolean());
    page.await("document.activeElement === order");
    awaitHeard("object:state-changed:focused", "1", "push button", "Order now");
    page.evaluate("often.click()");
    awaitHeard("object:state-changed:checked", "1", "check box", "Every month");
    page.run("who.focus(); who.setSelectionRange(12, 12)");
    desktop.type("x");
    page.await("who.value === 'Ada Lovelacex'");
    awaitHeard("object:text-changed:insert", "12", "entry", "Your name", "x");
    page.run("who.value = 'Ada Lovelace'");
    app.await(
        () -> find("entry", "Your name").path("text").asText().equals("Ada Lovelace"),
        "the old text",
        RunningApp.SOON);
  }

  @Test
  @Shows(Feature.ACCESSIBILITY)
  void anAppThatIsStartedLaterHasItsWindowsByTheirTitlesAndTheyGoAsTheyClose() throws IOException {
    assertEquals("[[\"frame\",\"Order form\"]]", tell("windows", APP).toString());
    RunningApp second = APPS.startOnForSuite(desktop, "windows", "", folder, session);
    awaitWindows(second, "First", "[[\"frame\",\"First\"]]");
    second
        .page()
        .evaluate(
            "outcome(async () => {globalThis.other = await app.createWindow({path: 'second.html', index: 1})})");
    awaitWindows(second, "First", "[[\"frame\",\"First\"],[\"frame\",\"Second\"]]");
    second.page().evaluate("outcome(() => other.close())");
    awaitWindows(second, "First", "[[\"frame\",\"First\"]]");
    second
        .page()
        .evaluate("outcome(() => app.createWindow({path: 'second.html', index: 2}).then(() => 0))");
    awaitWindows(second, "First", "[[\"frame\",\"First\"],[\"frame\",\"Second\"]]");
    assertEndsWell(second);
    awaitApplication(true);
  }

  /** As Ctrl-C ends it, and without a word of a crash. */
  private static void assertEndsWell(RunningApp one) throws IOException {
    one.signal("INT", one.pid());
    assertEquals(ENDED, one.awaitExit(), one::log);
    try (DirectoryStream<Path> crashes =
        Files.newDirectoryStream(one.base().resolve("home"), "hs_err_pid*.log")) {
      assertFalse(crashes.iterator().hasNext(), one::log);
    }
    one.close();
  }

  @Test
  void whoHasSaidThatNobodyShallReadIsNotOnTheBus() throws IOException {
    List<RunningApp> unread = new ArrayList<>();
    for (List<String> said :
        List.of(List.of("ACCESSIBILITY_ENABLED", "0"), List.of("NO_AT_BRIDGE", "1"))) {
      Map<String, String> variables = new HashMap<>(session);
      variables.put(said.get(0), said.get(1));
      unread.add(
          APPS.startOnForSuite(
              desktop, "windows", "", folder.resolve(said.get(0)), Map.copyOf(variables)));
    }
    RunningApp last = APPS.startOnForSuite(desktop, "windows", "", folder.resolve("read"), session);
    awaitWindows(last, "First", "[[\"frame\",\"First\"]]");
    for (RunningApp one : unread) {
      assertFalse(tell("connected", one.pid()).asBoolean());
      one.close();
    }
    last.close();
    awaitApplication(true);
  }

  @Test
  void aBusThatHangsHoldsUpNoApp() throws IOException {
    long daemon = tell("daemon").asLong();
    RunningApp second;
    Account.run("kill", "-STOP", Long.toString(daemon));
    try {
      second = APPS.startOnForSuite(desktop, "windows", "", folder.resolve("hang"), session);
      SystemClock clock = new SystemClock();
      Duration[] longest = {Duration.ZERO};
      second.await(
          () -> {
            Duration asked = clock.now();
            second.page().evaluate("app.getWindows().then(() => 0)");
            Duration took = clock.now().minus(asked);
            longest[0] = took.compareTo(longest[0]) > 0 ? took : longest[0];
            return second.log().contains("screen readers can't read the app");
          },
          "that nobody can read",
          RunningApp.SOON);
      assertTrue(longest[0].compareTo(HANGS) < 0, longest[0]::toString);
    } finally {
      Account.run("kill", "-CONT", Long.toString(daemon));
    }
    // The next one that comes is another chance.
    tell("switch", false);
    tell("switch", true);
    awaitWindows(second, "First", "[[\"frame\",\"First\"]]");
    second.close();
    awaitApplication(true);
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void anAppThatNobodyTypesInOutlivesTheBusAndEndsWell() throws IOException {
    Account.run("kill", "-KILL", Long.toString(tell("daemon").asLong()));
    // No key is pressed: libatspi would end the process (docs/engine-services.md).
    page.run("who.focus(); document.title = 'Alone'");
    app.await(() -> desktop.window("Alone").isPresent(), "the title", RunningApp.SOON);
    assertEndsWell(app);
  }

  /** Asked for their names, whose pages have been read. */
  private static void awaitWindows(RunningApp of, String name, String windows) {
    of.await(
        () -> {
          if (!tell("applications").toString().contains('"' + name + '"')) {
            return false;
          }
          // What is gone when the reader comes to it is looked for again.
          return !answer("find", name, "push button", "nowhere").has("fault")
              && tell("windows", name).toString().equals(windows);
        },
        windows,
        RunningApp.SOON);
  }
}
