package dev.dunlin.e2e;

import static dev.dunlin.e2e.RunningApp.Source.ERR;
import static dev.dunlin.e2e.RunningApp.Source.OUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Starting and ending, as a user meets them. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.dunlin.e2e.Account#all")
class StartSuite {
  /** Colours in a picture of a page with text; a blank one has one or two. */
  private static final int COLOURS = 50;

  private static final int SIGINT = 2;
  private static final int SIGILL = 4;
  private static final int SIGBUS = 7;
  private static final int SIGFPE = 8;
  private static final int SIGSEGV = 11;

  @RegisterExtension static final Apps APPS = new Apps();

  @Parameter Account account;

  @TempDir Path folder;

  private RunningApp.Start bare() {
    return RunningApp.Start.of(Apps.named("bare")).as(account);
  }

  private static Page ready(RunningApp app) {
    Page page = app.page();
    page.await("document.documentElement.dataset.ready === 'true'");
    return page;
  }

  private static Set<Integer> colours(Path png) throws IOException {
    BufferedImage image = ImageIO.read(png.toFile());
    Set<Integer> colours = new HashSet<>();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        colours.add(image.getRGB(x, y));
      }
    }
    return colours;
  }

  @Test
  void opensTheTourAndSavesItsFirstPaint() throws IOException {
    RunningApp app =
        APPS.start(
            RunningApp.Start.of(Apps.named("vanilla"), "--screenshot", "first.png").as(account));
    assertEquals(0, app.awaitExit());
    Set<Integer> colours = colours(app.base().resolve("home/first.png"));
    assertTrue(colours.size() > COLOURS, "the picture has only " + colours.size() + " colours");
  }

  @Test
  void showsThePagesTitleAndPrintsWhatItSays() {
    RunningApp app = APPS.start(bare().driven());
    Page page = ready(app);
    page.await(
        "import('socket:ipc').then(ipc => ipc.call('ipc://window/info')).then(w => w.title === 'Bare page')");
    page.evaluate(
        "console.debug('at debug'), console.log('at log'), console.info('at info'),"
            + " console.warn('at warn'), console.error('at error')");
    app.awaitLine("at error");
    app.awaitLine("at info");
    assertEquals(
        List.of("[debug] at debug", "[info] at log", "[info] at info"),
        app.lines(OUT).stream().filter(line -> line.contains(" at ")).toList());
    assertEquals(
        List.of("[warn] at warn", "[error] at error"),
        app.lines(ERR).stream()
            .filter(line -> line.contains(" at "))
            .map(line -> line.replaceAll(" \\(.*", ""))
            .toList());
  }

  @Test
  void endsWithTheCodeThatThePageGives() {
    RunningApp app = APPS.start(bare().driven());
    ready(app)
        .evaluate("setTimeout(() => import('socket:process').then(p => p.default.exit(7))), true");
    assertEquals(7, app.awaitExit());
    app.proveNothingLeft();
  }

  @Test
  void closesInGoodOrderOnControlC() {
    RunningApp app = APPS.start(bare().driven());
    ready(app);
    assertTrue(app.processes().size() > 3, "no helper processes: " + app.processes());
    app.signal("INT", app.pid());
    assertEquals(130, app.awaitExit());
    app.proveNothingLeft();
    assertEquals(List.of(), app.lines(ERR), "it had something to complain about");
  }

  @Test
  void passesWithCleanTapWhenTheTestsPass() {
    RunningApp app =
        APPS.start(RunningApp.Start.of(Apps.named("bare"), "--test=test/passes.js").as(account));
    assertEquals(0, app.awaitExit());
    assertEquals("TAP version 14", app.lines(OUT).get(0));
    app.lines(OUT).forEach(StartSuite::assertTap);
    assertTrue(app.lines(OUT).contains("# ok"), app.log());
  }

  @Test
  void failsWithCleanTapWhenATestFails() {
    RunningApp app =
        APPS.start(RunningApp.Start.of(Apps.named("bare"), "--test=test/fails.js").as(account));
    assertEquals(1, app.awaitExit());
    assertEquals("TAP version 14", app.lines(OUT).get(0));
    app.lines(OUT).forEach(StartSuite::assertTap);
    assertTrue(app.lines(OUT).stream().anyMatch(line -> line.startsWith("not ok")), app.log());
    assertTrue(app.lines(OUT).contains("# fail  1"), app.log());
  }

  @Test
  void failsWhenTheTestReloadsThePageAndItsResultIsLost() {
    RunningApp app =
        APPS.start(RunningApp.Start.of(Apps.named("bare"), "--test=test/reloads.js").as(account));
    assertEquals(1, app.awaitExit());
    assertTrue(app.log().contains("its result is lost"), app.log());
  }

  private static void assertTap(String line) {
    assertTrue(
        line.matches("(TAP version 14|(not )?ok \\d+.*|#.*|1\\.\\.\\d+|\\s+.*|)"),
        "not TAP: " + line);
  }

  @Test
  void hasNoDeveloperToolsInProduction() {
    RunningApp app = APPS.start(bare().withWords("--headless", "--prod").driven());
    assertEquals(
        "ERR_NO_INSPECTOR",
        ready(app)
            .evaluate(
                "import('socket:ipc').then(ipc => ipc.call('ipc://window/showInspector')).catch(e => e.code)")
            .asText());
    assertFalse(app.processes().values().stream().anyMatch(c -> c.contains("--remote-debugging")));
  }

  @Test
  @Shows({Feature.SINGLE_INSTANCE, Feature.DEEP_LINKS})
  void aSecondStartHandsItsLinksToTheFirst() {
    RunningApp first = APPS.start(bare().driven());
    Page page = ready(first);
    // Its channel opens with the first call.
    page.run(
        "globalThis.links = []; addEventListener('applicationurl', e => links.push(e.url.href));"
            + "await (await import('socket:ipc')).call('ipc://os/cpus')");
    String link = "dev-dunlin-e2e-bare://open?what=this";
    RunningApp second = APPS.start(bare().withWords("--headless", "--", "word", link).in(first));
    assertEquals(0, second.awaitExit(), second::log);
    assertTrue(second.log().contains("Bare is running already"), second.log());
    second.proveNothingLeft();
    page.await("links.join() === '" + link + "'");
    assertEquals(3, first.page().evaluate("1 + 2").asInt(), "the first one goes on");
  }

  @Test
  void killedParentLeavesNoChild() {
    RunningApp app = APPS.start(bare().driven());
    ready(app);
    Map<Long, String> processes = app.processes();
    assertTrue(processes.size() > 3, "no helper processes: " + processes);
    app.signal("KILL", app.pid());
    assertEquals(137, app.awaitExit());
    app.awaitNoProcess();
    app.destroy();
  }

  @Test
  void saysThatTheAppsFolderIsGone() throws IOException {
    RunningApp app = APPS.start(bare().driven());
    Page page = ready(app);
    Layout.deleteTree(app.app());
    page.evaluate("location.reload()");
    page.await("document.body.innerText.includes(\"The app's folder is gone\")");
    page.await("document.body.innerText.includes('" + app.app() + "')");
  }

  @Test
  void saysThatThereIsNoStartPage() {
    RunningApp app = APPS.start(RunningApp.Start.of(Apps.named("indexless")).as(account).driven());
    app.page().await("document.body.innerText.includes('The app has no start page')");
    app.page().await("document.body.innerText.includes('default_index')");
  }

  @Test
  void saysThatTheDevServerDoesNotAnswer() {
    // Port 1 (tcpmux) is closed on any machine that is not a museum.
    RunningApp app = APPS.start(bare().withWords("--headless", "--port", "1").driven());
    app.page().await("document.body.innerText.includes('The dev server does not answer')");
    app.page().await("document.body.innerText.includes('http://localhost:1')");
  }

  @Test
  void goesOnUnseenWithoutADisplayAndSavesAPicture() throws IOException {
    RunningApp app = APPS.start(bare().withWords());
    assertEquals(0, app.awaitExit());
    app.awaitLine("there is no display (DISPLAY is not set)");
    Path picture = app.base().resolve("home/dunlin-screenshot.png");
    app.awaitLine("saved the first painted page as " + picture);
    assertTrue(colours(picture).size() > 2);
  }

  @Test
  void saysNothingOfAPictureWhenThePageEndsTheAppFirst() throws IOException {
    Path app = folder.resolve("hasty");
    Layout.copyTree(Apps.named("bare"), app);
    Files.writeString(
        app.resolve("src/main.js"),
        "import process from 'socket:process'\n"
            // Nothing is painted before, as the picture waits for that.
            + "document.body.style.display = 'none'\n"
            + "addEventListener('load', () => setTimeout(() => process.exit(7), 500))\n");
    account.own(folder);
    RunningApp running =
        APPS.start(RunningApp.Start.of(app, "--screenshot", "late.png").as(account));
    assertEquals(7, running.awaitExit());
    assertEquals(List.of(), running.lines(RunningApp.Source.ERR), running.log());
  }

  @Test
  void namesADisplayThatIsDead() {
    RunningApp app = APPS.start(bare().withWords().variable("DISPLAY", ":4711"));
    assertEquals(1, app.awaitExit());
    assertTrue(app.log().contains("the display DISPLAY=:4711 can't be used"), app.log());
    assertTrue(app.log().contains("--headless"), app.log());
    assertFalse(app.log().contains("\tat "), "a stack trace: " + app.log());
  }

  @Test
  void endsWithAMessageWhenTheJvmThrowsAnError() throws IOException {
    // A class that cannot be read, met when the bridge is made and its event loop runs.
    Path broken = Files.createDirectories(folder.resolve("dev/dunlin/bridge"));
    Files.writeString(broken.resolve("Policy.class"), "no class");
    account.own(folder);
    RunningApp app =
        APPS.start(bare().variable("JAVA_TOOL_OPTIONS", "-Xbootclasspath/a:" + folder));
    assertEquals(1, app.awaitExit());
    app.awaitLine("dunlin: this is a fault of Dunlin, please report it:");
    app.awaitLine("java.lang.ClassFormatError");
    app.proveNothingLeft();
  }

  /**
   * Java works while Chromium initialises, and lives by them: by SIGSEGV it stops its threads for
   * the garbage collector (java-cef #477).
   */
  @Test
  void chromiumLeavesTheSignalsThatJavaLivesByAlone() {
    Set<Integer> needed = Set.of(SIGILL, SIGBUS, SIGFPE, SIGSEGV);
    RunningApp app = APPS.start(bare());
    List<String> lost = new ArrayList<>();
    Set<Long> hosts = new HashSet<>();
    app.await(
        () -> {
          Map<Long, String> processes = app.processes();
          processes.forEach(
              (pid, words) -> {
                Set<Integer> caught = ProcessTree.caughtSignals(pid);
                if (!words.contains("/bin/java ") || caught.isEmpty()) {
                  return;
                }
                if (caught.containsAll(needed)) {
                  hosts.add(pid);
                } else if (hosts.contains(pid)) {
                  lost.add(pid + " has handlers of " + caught + " only");
                }
              });
          return processes.values().stream().anyMatch(words -> words.contains("--type=renderer"));
        },
        "the page's process",
        RunningApp.SOON);
    assertFalse(hosts.isEmpty(), "no process of Java was seen with its handlers");
    assertEquals(List.of(), lost);
  }

  @Test
  void anEndWhileItStartsIsNoFault() {
    RunningApp app = APPS.start(bare());
    app.await(
        () -> app.processes().values().stream().anyMatch(words -> words.contains("--type=zygote")),
        "Chromium's first child",
        RunningApp.SOON);
    // Again and again: while Chromium initialises it has handlers of its own, which do nothing.
    app.await(
        () -> {
          app.processes()
              .forEach(
                  (pid, words) -> {
                    if (words.contains("/bin/java ")
                        && ProcessTree.caughtSignals(pid).contains(SIGINT)) {
                      app.signal("INT", pid);
                    }
                  });
          return !app.isRunning();
        },
        "the app's end",
        RunningApp.SOON);
    app.awaitExit();
    assertFalse(app.log().contains("fault of Dunlin"), app.log());
    assertFalse(app.log().contains("can be opened"), app.log());
    app.proveNothingLeft();
  }

  @Test
  void takesADisplayWithoutANameForNone() {
    RunningApp app = APPS.start(bare().withWords().variable("DISPLAY", ""));
    assertEquals(0, app.awaitExit());
    app.awaitLine("there is no display (DISPLAY is not set)");
    assertTrue(Files.exists(app.base().resolve("home/dunlin-screenshot.png")), app.log());
  }

  @Test
  void namesTheFileThatIsMissing() throws IOException {
    RunningApp app =
        APPS.start(RunningApp.Start.of(Files.createDirectory(folder.resolve("none"))).as(account));
    assertNotEquals(0, app.awaitExit());
    assertTrue(app.log().contains(app.app().resolve("socket.ini").toString()), app.log());
    assertFalse(app.log().contains("\tat "), "a stack trace: " + app.log());
  }

  @Test
  void namesLineAndKeyOfWhatIsMalformed() throws IOException {
    Path bad = folder.resolve("bad");
    Layout.copyTree(Apps.named("bare"), bad);
    Files.writeString(
        bad.resolve("socket.ini"),
        Files.readString(Apps.named("bare").resolve("socket.ini"))
            .replace("[security]", "[window]\nwidth = wide\n\n[security]"));
    RunningApp app = APPS.start(RunningApp.Start.of(bad).as(account));
    assertNotEquals(0, app.awaitExit());
    assertTrue(app.log().contains("socket.ini:12: [window] width"), app.log());
    assertFalse(app.log().contains("\tat "), "a stack trace: " + app.log());
  }
}
