package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import dev.dunlin.shell.Main;
import dev.dunlin.shell.host.Xvfb;
import dev.dunlin.shell.update.AppFolder;
import dev.dunlin.shell.update.Key;
import dev.dunlin.shell.update.Manifest;
import dev.dunlin.shell.update.Version;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** An app as a package brings it: its files are checked, and it takes updates. */
class InstalledSuite {
  private static final String ID = "dev.dunlin.installed";
  private static final SigningKeys AUTHOR = SigningKeys.ofText("the author of an app");
  private static final int PORT = 39_891;
  private static final String DEBUG = "--remote-debugging-port=9222";

  @RegisterExtension static final Apps APPS = new Apps();

  private static Xvfb display;

  @TempDir private Path folder;
  private final Map<String, byte[]> served = new ConcurrentHashMap<>();
  private final List<String> asked = new ArrayList<>();
  private HttpServer server;

  /** Introducers; empty: the app asks the server. */
  private String peers = "";

  private final List<ChildProcess> others = new ArrayList<>();

  @BeforeAll
  static void show() {
    display = Xvfb.start();
  }

  @AfterAll
  static void hide() {
    display.close();
  }

  @BeforeEach
  void begin() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] content = served.get(exchange.getRequestURI().getPath());
          synchronized (asked) {
            asked.add(exchange.getRequestURI().getPath());
          }
          exchange.sendResponseHeaders(
              content == null ? 404 : 200, content == null ? -1 : content.length);
          if (content != null) {
            exchange.getResponseBody().write(content);
          }
          exchange.close();
        });
    server.start();
    install();
  }

  private void install() throws IOException {
    write(app(), "1.0.0", true);
    Files.deleteIfExists(app().resolve(Manifest.FILE));
    Files.write(
        app().resolve(Manifest.FILE), Manifest.ofFiles(ID, "1.0.0", entries(app())).toBytes());
  }

  @AfterEach
  void end() {
    server.stop(0);
    others.forEach(ChildProcess::killTree);
    others.forEach(child -> child.exit().toCompletionStage().toCompletableFuture().join());
  }

  private Path app() {
    return folder.resolve("installed");
  }

  private void write(Path to, String version, boolean hasPage) throws IOException {
    Files.createDirectories(to.resolve("src"));
    Files.writeString(
        to.resolve("socket.ini"),
        "[build]\nname = installed\ncopy = src\n[meta]\ntitle = Installed\nbundle_identifier = "
            + ID
            + "\nversion = "
            + version
            + "\n[security]\npolicy[] = default-src 'self'; script-src 'self' socket:;"
            + " connect-src 'self' ipc://application/updateCheck ipc://application/updateDownload"
            + (version.equals("1.3.0") ? "" : " ipc://application/updateApply")
            + " ipc://fs/writeFile/$DATA/\n[update]\nkey = "
            + Key.of(AUTHOR)
            + (peers.isEmpty()
                ? "\nurl = http://127.0.0.1:" + server.getAddress().getPort() + "/dunlin.manifest\n"
                : "\npeers = " + peers + "\n"));
    if (hasPage) {
      Files.writeString(
          to.resolve("src/index.html"),
          "<!doctype html><title>Installed</title><h1>" + version + "</h1>");
    }
    Files.writeString(to.resolve("src/same.txt"), "the same in all versions");
  }

  private static SortedMap<String, Manifest.Entry> entries(Path of) throws IOException {
    SortedMap<String, Path> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(of)) {
      all.filter(Files::isRegularFile)
          .forEach(file -> files.put(of.relativize(file).toString(), file));
    }
    return AppFolder.entries(files);
  }

  private void publish(String version, boolean hasPage) throws IOException {
    Path release = folder.resolve(version);
    write(release, version, hasPage);
    Manifest manifest = Manifest.ofFiles(ID, version, entries(release));
    for (var file : manifest.files().entrySet()) {
      served.put(
          "/files/" + file.getValue().sha256(), Files.readAllBytes(release.resolve(file.getKey())));
    }
    served.put(
        "/dunlin.manifest",
        manifest
            .sign(
                AUTHOR,
                new SystemClock()
                    .wallTime()
                    .plus(Duration.ofDays(1))
                    .truncatedTo(ChronoUnit.SECONDS),
                Version.parse("1.0.0"),
                List.of())
            .toBytes());
  }

  private RunningApp.Start start() {
    return RunningApp.Start.of(app())
        .driven()
        .withWords("--", DEBUG)
        .variable("DISPLAY", display.display())
        .variable("XAUTHORITY", display.authority().toString())
        .variable("JAVA_TOOL_OPTIONS", "-Ddunlin.app=" + app());
  }

  private static void shows(Page page, String text) {
    page.await("document.querySelector('h1')?.textContent === '" + text + "'");
  }

  private static JsonNode update(Page page, String body) {
    return page.run("const { update } = await import('socket:application');" + body);
  }

  /** The code of the error of a call. */
  private static String fault(Page page, String call) {
    return update(page, "return await " + call + ".then(() => 'none', error => error.code)")
        .asText();
  }

  @Test
  void servesWhatWasInstalledAndTakesSwitchesForWordsOfTheApp() throws IOException {
    RunningApp app = APPS.start(start());
    Page page = app.page();
    shows(page, "1.0.0");
    assertEquals(
        "the same in all versions",
        page.evaluate("fetch('/same.txt').then(r => r.text())").asText());
    assertTrue(
        page.run("return (await import('socket:process')).default.argv")
            .toString()
            .contains(DEBUG));
    assertThrows(
        ConnectException.class, () -> new Socket(InetAddress.getLoopbackAddress(), 9222).close());

    Files.writeString(app().resolve("src/same.txt"), "THE same in all versions");
    Files.writeString(app().resolve("src/added.js"), "alert(1)");
    for (String path : List.of("/same.txt", "/added.js")) {
      assertEquals(403, page.evaluate("fetch('" + path + "').then(r => r.status)").asInt(), path);
    }
    Files.delete(app().resolve("src/same.txt"));
    assertEquals(403, page.evaluate("fetch('/same.txt').then(r => r.status)").asInt());
    Files.writeString(app().resolve("src/index.html"), "<h1>changed</h1>");
    page.tell("location.reload()");
    shows(page, "The app is damaged");
  }

  @Test
  void doesNotOpenAnAppWhoseSettingsWereChanged() throws IOException {
    Path ini = app().resolve("socket.ini");
    Files.writeString(ini, Files.readString(ini).replace("'self'", "*"));
    RunningApp app = APPS.start(start());
    assertNotEquals(0, app.awaitExit());
    assertTrue(app.log().contains("the app is damaged and is not opened"), app.log());
    assertTrue(app.log().contains("Install it again"), app.log());
  }

  @Test
  void downloadsWhatHasChangedRestartsAsTheNewVersionAndGoesBackIfThatDoesNotComeUp()
      throws IOException {
    RunningApp app = APPS.start(start());
    Page page = app.page();
    shows(page, "1.0.0");
    assertEquals("ERR_UPDATE_NETWORK", fault(page, "update.check()"));
    publish("1.1.0", true);
    JsonNode found = update(page, "return await update.check()");
    assertEquals("1.1.0", found.path("version").asText(), found::toString);
    assertEquals("ERR_UPDATE_NONE", fault(page, "update.apply()"));
    JsonNode seen =
        update(
            page,
            "const seen = []; await update.download({ onprogress: p => seen.push(p) });"
                + " await new Promise(done => setTimeout(done)); return seen");
    long total = found.path("downloadBytes").asLong();
    assertTrue(total > 0 && seen.size() >= 2, seen::toString);
    assertEquals(total, seen.get(seen.size() - 1).path("done").asLong(), seen::toString);
    synchronized (asked) {
      assertTrue(
          asked.stream().noneMatch(name -> name.contains(hashOfSame())), () -> asked.toString());
    }
    // The page's own data folder holds the updates, and they are not the page's to write.
    JsonNode forged =
        page.run(
            "const fs = await import('socket:fs/promises');"
                + "const { default: path } = await import('socket:path');"
                + "const data = (await import('socket:internal/host')).default.paths.data;"
                + "await fs.writeFile(data + '/mine.txt', 'x');"
                + "return await fs.writeFile(data + '/dunlin-updates/state', 'x')"
                + ".then(() => 'written', error => error.code)");
    assertEquals("ERR_ACCESS_DENIED", forged.asText());

    long pid = app.pid();
    page.tell("import('socket:application').then(({ update }) => update.apply({ restart: true }))");
    shows(page, "1.1.0");
    assertTrue(app.isRunning());
    assertEquals(pid, app.pid());
    Path updates = app.base().resolve("data").resolve(ID).resolve("dunlin-updates");
    app.await(() -> state(updates).contains("confirmed true"), "the report", RunningApp.SOON);
    assertEquals("none", fault(page, "update.check()"));

    // One without a page: it does not come up.
    publish("1.2.0", false);
    assertEquals("none", fault(page, "update.download()"));
    assertEquals("none", fault(page, "update.apply()"));
    shows(page, "1.1.0");
    app.signal("INT", app.pid());
    app.awaitExit();
    RunningApp last = app;
    for (String shown :
        List.of(
            "The app has no start page",
            "The app has no start page",
            "The app has no start page",
            "1.1.0")) {
      RunningApp next = APPS.start(start().in(app));
      shows(next.page(), shown);
      next.signal("INT", next.pid());
      next.awaitExit();
      last = next;
    }
    assertTrue(last.log().contains("back to the version before"), last.log());
  }

  /** Starts a program of Dunlin, and answers its first line. */
  private String other(List<String> argv) throws IOException {
    ChildProcess child =
        ProcessStarter.get()
            .start(
                ProcessSpec.of(argv.toArray(String[]::new))
                    .withStdio(Stdio.PIPE, Stdio.PIPE, Stdio.INHERIT))
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    others.add(child);
    StringBuilder line = new StringBuilder();
    for (int c = child.stdout().read(); c >= 0 && c != '\n'; c = child.stdout().read()) {
      line.append((char) c);
    }
    return line.toString();
  }

  private String relay(String address) throws IOException {
    List<String> argv = new ArrayList<>(Layout.of(Account.self()).java(Main.class));
    argv.addAll(List.of("relay", "--address", address, "--port", "" + PORT, "--metrics-port", "0"));
    argv.addAll(List.of("--state", folder.resolve(address).toString()));
    JsonNode ready = new ObjectMapper().readTree(other(argv));
    return ready.path("peerId").asText() + "@" + address + ":" + PORT;
  }

  @Test
  void takesAnUpdateFromWhoPublishesItAndThenFromAnotherAppWithoutAnyServer() throws IOException {
    peers = relay("127.9.2.1") + ", " + relay("127.9.2.2");
    install();
    publish("1.1.0", true);
    Path update = Files.createDirectories(folder.resolve("update/files")).getParent();
    for (var file : served.entrySet()) {
      Files.write(update.resolve(file.getKey().substring(1)), file.getValue());
    }
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String seeds =
        other(
            List.of(
                java,
                "-cp",
                System.getProperty("java.class.path"),
                "dev.dunlin.installers.Main",
                "seed",
                "--introducers",
                peers,
                update.toString()));
    assertTrue(seeds.startsWith("giving "), seeds);
    ChildProcess seeder = others.get(others.size() - 1);

    RunningApp first = APPS.start(start());
    takesFromPeers(first);
    seeder.killTree();
    seeder.exit().toCompletionStage().toCompletableFuture().join();
    RunningApp second = APPS.start(start());
    takesFromPeers(second);
    synchronized (asked) {
      assertEquals(List.of(), asked);
    }
  }

  private static void takesFromPeers(RunningApp app) {
    Page page = app.page();
    shows(page, "1.0.0");
    JsonNode found = update(page, "return await update.check()");
    assertEquals("1.1.0", found.path("version").asText(), found::toString);
    assertEquals("peers", found.path("source").asText(), found::toString);
    JsonNode seen =
        update(
            page,
            "const seen = []; await update.download({ onprogress: p => seen.push(p) });"
                + " await new Promise(done => setTimeout(done)); return seen");
    JsonNode last = seen.get(seen.size() - 1);
    assertEquals("peers", last.path("source").asText(), seen::toString);
    assertEquals(found.path("downloadBytes").asLong(), last.path("done").asLong());
    page.tell("import('socket:application').then(({ update }) => update.apply({ restart: true }))");
    shows(page, "1.1.0");
  }

  private static String state(Path updates) {
    try {
      return Files.readString(updates.resolve("state"));
    } catch (IOException e) {
      return "";
    }
  }

  private String hashOfSame() {
    try {
      return entries(app()).get("src/same.txt").sha256();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void asksThePolicyBeforeAnUpdateIsSwitchedTo() throws IOException {
    publish("1.3.0", true);
    RunningApp app = APPS.start(start());
    Page page = app.page();
    shows(page, "1.0.0");
    assertEquals("none", fault(page, "update.download()"));
    page.tell("import('socket:application').then(({ update }) => update.apply({ restart: true }))");
    shows(page, "1.3.0");
    assertEquals("none", fault(page, "update.check()"));
    assertEquals("ERR_ACCESS_DENIED", fault(page, "update.apply()"));
  }
}
