package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** An input method, IBus with its engine for Hangul, in fields of a page. */
class ImeSuite {
  /** Places of keys, as X counts them. */
  private static final int SPACE = 65;

  private static final int SHIFT = 50;
  private static final int BACKSPACE = 22;
  private static final int G = 42;
  private static final int TAB = 23;

  private static final Path HANGUL = Path.of("/usr/share/ibus/component/hangul.xml");

  private static final String NO_IBUS =
      "IBus is not here: no input method is tried (apt-get install ibus ibus-hangul)";

  @RegisterExtension static final Apps APPS = new Apps();

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder;

  private static Desktop desktop;
  private static final List<ChildProcess> PROGRAMS = new ArrayList<>();

  private static RunningApp app;
  private static Page page;

  @BeforeAll
  static void open() throws IOException {
    desktop = Desktop.startFull();
    Map<String, String> session = startIbus();
    app = APPS.startOnForSuite(desktop, "windows", "", folder, session);
    page = app.page();
    page.await("document.hasFocus()");
    page.run(DeadKeysSuite.FIELDS);
    page.run(DeadKeysSuite.LISTEN);
  }

  @AfterAll
  static void close() {
    if (desktop != null) {
      if (app != null) {
        app.close();
      }
      PROGRAMS.forEach(ChildProcess::killTree);
      desktop.close();
    }
  }

  /** A bus of a session, IBus on it, and the engine for Hangul chosen; it begins in Latin. */
  private static Map<String, String> startIbus() throws IOException {
    boolean there = ProcessStarter.find("ibus-daemon").isPresent() && Files.exists(HANGUL);
    if (!there) {
      System.err.println("SKIPPED: " + NO_IBUS);
    }
    assumeTrue(there, NO_IBUS);
    ChildProcess bus =
        desktop.start(
            List.of("dbus-daemon", "--session", "--nofork", "--print-address=1"),
            Map.of(),
            Stdio.PIPE);
    PROGRAMS.add(bus);
    String address =
        new BufferedReader(new InputStreamReader(bus.stdout(), StandardCharsets.UTF_8)).readLine();
    Map<String, String> variables = Map.of("DBUS_SESSION_BUS_ADDRESS", address);
    PROGRAMS.add(
        0, desktop.start(List.of("ibus-daemon", "--panel=disable"), variables, Stdio.NULL));
    // The program that chooses fails until the daemon is there.
    SystemClock clock = new SystemClock();
    Duration latest = clock.now().plus(RunningApp.SOON);
    while (desktop
            .start(List.of("ibus", "engine", "hangul"), variables, Stdio.NULL)
            .exit()
            .toCompletionStage()
            .toCompletableFuture()
            .join()
        != 0) {
      if (clock.now().compareTo(latest) > 0) {
        throw new AssertionError("IBus does not start");
      }
    }
    return Map.of(
        "DBUS_SESSION_BUS_ADDRESS", address, "XMODIFIERS", "@im=ibus", "GTK_IM_MODULE", "ibus");
  }

  @BeforeEach
  void clear() {
    page.run(DeadKeysSuite.FIELDS);
  }

  /**
   * Says whether the app knows that the keys are in a field: it has asked what comes after that. In
   * the world of its script, whose question is listened to.
   */
  private static final String KNOWN =
      "(async () => { if (!globalThis.dunlinNext) return false;"
          + "if (!globalThis.original) { globalThis.original = dunlinNext;"
          + "globalThis.dunlinNext = known => { globalThis.asked = known; return original(known) } }"
          + "const [told, news] = await original(-1);"
          + "return news.startsWith('field') && globalThis.asked === told })()";

  /**
   * Until then keys go where the last field was, or are what they are: the page tells of a field
   * some milliseconds after it has the keys, on a busy machine some hundred.
   */
  private static void awaitKnown() {
    app.await(
        () -> {
          ObjectNode world = JSON.createObjectNode().put("worldName", "dunlin");
          world.put(
              "frameId",
              page.call("Page.getFrameTree", JSON.createObjectNode())
                  .path("frameTree")
                  .path("frame")
                  .path("id")
                  .asText());
          ObjectNode question =
              JSON.createObjectNode()
                  .put("expression", KNOWN)
                  .put("awaitPromise", true)
                  .put("returnByValue", true);
          question.put(
              "contextId",
              page.call("Page.createIsolatedWorld", world).path("executionContextId").asLong());
          return page.call("Runtime.evaluate", question).path("result").path("value").asBoolean();
        },
        "the app to know the field",
        RunningApp.SOON);
  }

  private static void awaitValue(String field, String value) {
    try {
      page.await(field + ".value === " + DeadKeysSuite.quoted(value));
    } catch (AssertionError e) {
      throw new AssertionError(field + " has " + page.evaluate(field + ".value"), e);
    }
  }

  /** Types Hangul, with keys by their places: g k s r m f. */
  private static final int[] HANGEUL = {42, 45, 39, 27, 58, 41};

  private static void switchTo(String typed) {
    app.await(
        () -> {
          page.run(DeadKeysSuite.FIELDS);
          // In a field that is not known yet a letter is a letter, whatever IBus types.
          awaitKnown();
          desktop.strike(G);
          page.await("one.value !== ''");
          if (page.evaluate("one.value").asText().equals(typed)) {
            return true;
          }
          desktop.strikeWith(SHIFT, SPACE);
          return false;
        },
        "IBus to type " + typed,
        RunningApp.SOON);
    // What is being composed is taken back.
    desktop.strike(BACKSPACE);
    awaitValue("one", "");
    page.evaluate("seen.length = 0");
  }

  private static void inHangul(Runnable test) {
    switchTo("ㅎ");
    try {
      test.run();
    } finally {
      switchTo("g");
    }
  }

  @Test
  @Shows(Feature.IME)
  void anInputMethodComposesInTheField() {
    inHangul(
        () -> {
          desktop.strike(HANGEUL);
          awaitValue("one", "한글");
          assertEquals(
              "[\"compositionstart \",\"compositionupdate ㅎ\",\"compositionupdate 하\","
                  + "\"compositionupdate 한\",\"compositionupdate 한\",\"compositionend 한\","
                  + "\"compositionstart \",\"compositionupdate ㄱ\",\"compositionupdate 그\","
                  + "\"compositionupdate 글\"]",
              page.evaluate("seen.filter(line => line.startsWith('composition'))").toString());
          assertEquals(
              HANGEUL.length,
              page.evaluate("seen.filter(line => line === 'keydown Process').length").asInt());
          // The engine gives the space back to the page, after the text.
          desktop.strike(SPACE, G, 45);
          awaitValue("one", "한글 하");
          desktop.strike(BACKSPACE);
          awaitValue("one", "한글 ㅎ");
        });
  }

  @Test
  @Shows(Feature.IME)
  void whatIsBeingComposedStaysInTheFieldThatTheKeysLeave() {
    inHangul(
        () -> {
          desktop.strike(HANGEUL);
          awaitValue("one", "한글");
          page.evaluate("two.focus()");
          awaitKnown();
          desktop.strike(G, 45);
          awaitValue("two", "하");
          assertEquals("한글", page.evaluate("one.value").asText());
        });
  }

  @Test
  void aPasswordIsNotComposed() {
    inHangul(
        () -> {
          page.run("one.type = 'password'; one.blur(); one.focus()");
          app.await(
              () -> {
                page.evaluate("one.value = ''");
                desktop.strike(G);
                page.await("one.value !== ''");
                return page.evaluate("one.value").asText().equals("g");
              },
              "the key as it is",
              RunningApp.SOON);
          desktop.strike(45);
          awaitValue("one", "gk");
        });
  }

  /** By keys, as a person types them: nobody waits in between. */
  private static void typesAsItIs(int... before) {
    desktop.strike(before);
    desktop.strike(G, 45);
    page.await("secret.value === 'gk'");
  }

  @Test
  void aPasswordAfterANameIsNotComposed() {
    inHangul(
        () -> {
          page.run(
              "document.body.innerHTML = '<div id=host></div>';"
                  + "const root = host.attachShadow({mode: 'open'});"
                  + "root.innerHTML = '<input id=name><input id=secret type=password>';"
                  + "globalThis.name_ = root.getElementById('name');"
                  + "globalThis.secret = root.getElementById('secret'); name_.focus()");
          app.await(
              () -> {
                page.evaluate("name_.value = ''; name_.blur(); name_.focus()");
                desktop.strike(G);
                page.await("name_.value !== ''");
                return page.evaluate("name_.value").asText().equals("ㅎ");
              },
              "the name to be composed",
              RunningApp.SOON);
          typesAsItIs(TAB);
        });
  }

  @Test
  void aPasswordThatIsHiddenFromScriptsIsNotComposed() {
    inHangul(
        () -> {
          page.run(
              "document.body.innerHTML = '<p id=host contenteditable></p>';"
                  + "const root = host.attachShadow({mode: 'closed'});"
                  + "root.innerHTML = '<input id=secret type=password>';"
                  + "globalThis.secret = root.getElementById('secret'); secret.focus()");
          typesAsItIs();
        });
  }

  @Test
  void aFieldThatBecomesAPasswordIsNotComposed() {
    inHangul(
        () -> {
          page.run("one.focus(); globalThis.secret = one");
          desktop.strike(G, 45);
          awaitValue("one", "하");
          page.run("one.value = ''; one.type = 'password'");
          typesAsItIs();
        });
  }

  @Test
  void aPasswordInAFrameThatMovesOnIsNotComposed() {
    inHangul(
        () -> {
          page.evaluate("inner.focus()");
          app.await(
              () -> {
                page.evaluate("inner.value = ''");
                desktop.strike(G);
                page.await("inner.value !== ''");
                return page.evaluate("inner.value").asText().equals("ㅎ");
              },
              "the frame's field to be composed",
              RunningApp.SOON);
          page.run(
              "four.srcdoc = '<input id=secret type=password>';"
                  + "await new Promise(done => four.onload = done);"
                  + "globalThis.secret = four.contentDocument.getElementById('secret');"
                  + "secret.focus()");
          typesAsItIs();
        });
  }

  @Test
  @Shows(Feature.IME)
  void inLatinKeysAreWhatTheyAre() {
    switchTo("g");
    desktop.strike(HANGEUL);
    awaitValue("one", "gksrmf");
    desktop.strike(BACKSPACE);
    awaitValue("one", "gksrm");
  }
}
