package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.ParentDeath;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The templates of frameworks, each alone in a folder as its owner has it: installed by npm, opened
 * with hot replacement, built, and tested as users get it. Once, not for every account: npm's part
 * is the same for all.
 */
class TemplateSuite {
  /** Longest wait for npm to fetch what a template needs. */
  private static final Duration INSTALL = Duration.ofSeconds(150);

  /** How this machine reaches the registry. */
  private static final List<String> PASSED_ON =
      List.of(
          "NODE_EXTRA_CA_CERTS",
          "SSL_CERT_FILE",
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "NO_PROXY",
          "http_proxy",
          "https_proxy",
          "no_proxy");

  private static final String ARCHETYPE_PLUGIN =
      "org.apache.maven.plugins:maven-archetype-plugin:3.4.1";

  @RegisterExtension static final Apps APPS = new Apps();

  @TempDir Path folder;

  private static void requireRegistry() {
    int code = npm(Path.of("/tmp"), "ping", "--fetch-timeout=15000", "--fetch-retries=1");
    assumeTrue(
        code == 0, "SKIPPED: the npm registry does not answer, so no template can be installed");
  }

  /** Its words go where those of the tests go. */
  private static int npm(Path directory, String... words) {
    return run(directory, Stream.concat(Stream.of("npm"), Stream.of(words)).toList());
  }

  private static int run(Path directory, List<String> words) {
    ChildProcess child =
        ProcessStarter.get()
            .start(
                ProcessSpec.of(words.toArray(String[]::new))
                    .withDirectory(directory)
                    .withStdio(Stdio.NULL, Stdio.INHERIT, Stdio.INHERIT)
                    .withParentDeath(ParentDeath.DIE_WITH_GROUP))
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    return child.exit().toCompletionStage().toCompletableFuture().join();
  }

  private RunningApp open(String template) throws IOException {
    Path own = folder.resolve(template);
    Layout.copySources(Apps.named(template), own);
    RunningApp.Start start = RunningApp.Start.of(own).driven();
    for (String name : PASSED_ON) {
      String value = System.getenv(name);
      start = value == null ? start : start.variable(name, value);
    }
    RunningApp app = APPS.start(start);
    app.await(
        () -> app.log().contains("[vite] connected."), "Vite's web socket from the page", INSTALL);
    return app;
  }

  private static void change(Path file, String before, String after) throws IOException {
    String text = Files.readString(file);
    assertTrue(text.contains(before), file + " has no " + before);
    Files.writeString(file, text.replace(before, after));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "react, src/NoteList.tsx, React",
    "vue, src/NoteList.vue, Vue",
    "svelte, src/NoteList.svelte, Svelte",
    "tonic, src/note-list.ts, Tonic"
  })
  void isInstalledChangedWhileItRunsBuiltAndTested(String template, String file, String framework)
      throws Exception {
    requireRegistry();
    RunningApp app = open(template);
    Page page = app.page();
    page.await("document.querySelector('nav li b')?.textContent === 'Welcome'");
    assertTrue(app.log().contains("node_modules is missing: npm ci fetches it, once"), app.log());

    keepsStateWhileAComponentIsReplaced(app, page, file, framework);
    showsAChangedColour(app, page);
    tellsAFaultInThePageAndInTheTerminal(app, page, file);
    hasSourceMaps(app, page, file);
    answersNobodyElse(port(page));

    assertEquals(0, npm(app.app(), "run", "build"));
    if (template.equals("tonic")) {
      // Not even then: the dev server would hold its port for ever.
      app.signal("KILL", app.pid());
      assertEquals(137, app.awaitExit());
      app.awaitNoProcess();
    }
    passesItsTestAsBuilt(app.app());
    if (!app.isRunning()) {
      app.destroy();
    }
  }

  private static void keepsStateWhileAComponentIsReplaced(
      RunningApp app, Page page, String file, String framework) throws IOException {
    page.click("textarea");
    page.type("Typed ");
    page.click("input[type=search]");
    page.type("typed");
    page.await(
        "document.querySelector('nav li span').textContent.includes('Typed')"
            + " || document.querySelector('nav li b').textContent.includes('Typed')");
    page.evaluate("void (globalThis.document0 = document.body.firstElementChild)");
    change(app.app().resolve(file), "with " + framework, "with haste");
    page.await("document.querySelector('h1 small').textContent === 'with haste'");
    assertTrue(
        page.evaluate("globalThis.document0 === document.body.firstElementChild").asBoolean(),
        "the page was loaded anew");
    assertTrue(
        page.evaluate("document.querySelector('textarea').value.includes('Typed ')").asBoolean(),
        "what was typed is gone");
    if (!file.endsWith("note-list.ts")) {
      // Tonic's list is drawn anew, with what its element knows.
      assertEquals("typed", page.evaluate("document.querySelector('input').value").asText());
    }
  }

  private static void showsAChangedColour(RunningApp app, Page page) throws IOException {
    change(
        app.app().resolve("src/app.css"),
        "--rust: light-dark(#9b4420, #ec9f77)",
        "--rust: rgb(1, 2, 3)");
    page.await(
        "getComputedStyle(document.querySelector('.add')).backgroundColor === 'rgb(1, 2, 3)'");
    assertTrue(page.evaluate("globalThis.document0 !== undefined").asBoolean());
  }

  private static void tellsAFaultInThePageAndInTheTerminal(RunningApp app, Page page, String file)
      throws IOException {
    Path path = app.app().resolve(file);
    String right = Files.readString(path);
    // Every language here is TypeScript below its markup, and none takes this.
    Files.writeString(path, right.replace("import ", "import import "));
    page.await("document.querySelector('vite-error-overlay')?.shadowRoot !== undefined");
    page.await(
        "document.querySelector('vite-error-overlay').shadowRoot.textContent.includes("
            + new TextNode(path.getFileName().toString())
            + ")");
    app.awaitLine("import import");
    assertFalse(app.log().contains("u001b"), "colours of terminals, as text: " + app.log());
    // Vite's watch takes one change of a file in 50 ms, and nobody mends a line that fast.
    page.run("await new Promise(later => setTimeout(later, 200))");
    // Not as it was: what Svelte's plugin has compiled before is no change to it.
    Files.writeString(path, right.replace("with haste", "with care"));
    page.await("document.querySelector('h1 small').textContent === 'with care'");
    page.await("!document.querySelector('vite-error-overlay')");
  }

  private static void hasSourceMaps(RunningApp app, Page page, String file) throws IOException {
    String sources =
        page.run(
                "const text = await (await fetch("
                    + new TextNode("/" + file)
                    + ")).text();"
                    + "const map = /sourceMappingURL=data:application\\/json;base64,(\\S+)/.exec(text)[1];"
                    + "const bytes = Uint8Array.from(atob(map), c => c.charCodeAt(0));"
                    + "return JSON.parse(new TextDecoder().decode(bytes)).sourcesContent.join('')")
            .asText();
    assertTrue(sources.contains("with care"), sources);
  }

  private static int port(Page page) {
    return page.run(
            "return Number(/hmrPort = (\\d+)/.exec(await (await fetch('/@vite/client')).text())[1])")
        .asInt();
  }

  /** The twin, honest use, is the page itself, which has been loaded and told of changes. */
  private static void answersNobodyElse(int port) throws IOException {
    for (String host : List.of("127.0.0.1:" + port, "localhost:" + port, "evil.example")) {
      String answer =
          ask(port, "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
      assertTrue(answer.startsWith("HTTP/1.1 403 "), answer);
      assertFalse(answer.contains("<script"), answer);
    }
    String guessed =
        ask(
            port,
            "GET / HTTP/1.1\r\nHost: 127.0.0.1:"
                + port
                + "\r\nX-Dunlin-Token: 00000000000000000000000000000000\r\nConnection: close\r\n\r\n");
    assertTrue(guessed.startsWith("HTTP/1.1 403 "), guessed);
    String socket =
        ask(
            port,
            "GET / HTTP/1.1\r\nHost: 127.0.0.1:"
                + port
                + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: vite-hmr\r\n\r\n");
    assertFalse(socket.contains("101"), socket);
    String listening = String.format(Locale.ROOT, ":%04X 00000000:0000 0A", port);
    assertTrue(
        Files.readAllLines(Path.of("/proc/net/tcp")).stream()
            .anyMatch(line -> line.contains("0100007F" + listening)));
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      for (String line : Files.readAllLines(Path.of(table))) {
        assertTrue(!line.contains(listening) || line.contains(" 0100007F" + listening), line);
      }
    }
  }

  private static String ask(int port, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout((int) RunningApp.SOON.toMillis());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      try (InputStream in = socket.getInputStream()) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
  }

  /**
   * As {@code mvn install} puts Dunlin there, and with what this machine's repository has besides.
   */
  private static Path localRepository(Path made) throws IOException {
    Path ours =
        Path.of(
            System.getProperty(
                "maven.repo.local", System.getProperty("user.home") + "/.m2/repository"));
    link(ours, made, "dev");
    link(ours.resolve("dev"), made.resolve("dev"), "dunlin");
    Path home = Layout.of(Account.self()).home();
    Path to = made.resolve("dev/dunlin");
    install(home.resolve("pom.xml"), to, "dunlin", "pom");
    try (Stream<Path> jars = Files.list(home.resolve("shell/target/dunlin/lib"))) {
      for (Path jar : jars.toList()) {
        Matcher own =
            Pattern.compile("(dunlin-(.+))-0\\.1\\.0\\.jar").matcher(jar.getFileName().toString());
        if (own.matches()) {
          install(jar, to, own.group(1), "jar");
          install(home.resolve(own.group(2)).resolve("pom.xml"), to, own.group(1), "pom");
        }
      }
    }
    Path built = home.resolve("installers/target");
    install(installersJar(), to, "dunlin-installers", "jar");
    install(home.resolve("installers/pom.xml"), to, "dunlin-installers", "pom");
    try (Stream<Path> archetypes = Files.list(built.resolve("archetypes"))) {
      for (Path file : archetypes.toList()) {
        String name = file.getFileName().toString();
        install(file, to, name.replaceFirst("-0\\.1\\.0.*", ""), name.replaceFirst(".*[.]", ""));
      }
    }
    return made;
  }

  private static Path installersJar() {
    return Layout.of(Account.self())
        .home()
        .resolve("installers/target/dunlin-installers-0.1.0.jar");
  }

  private static void install(Path file, Path to, String artifact, String type) throws IOException {
    Path at = Files.createDirectories(to.resolve(artifact).resolve("0.1.0"));
    Files.copy(file, at.resolve(artifact + "-0.1.0." + type));
  }

  private static void link(Path from, Path to, String without) throws IOException {
    Files.createDirectories(to);
    if (Files.isDirectory(from)) {
      try (Stream<Path> all = Files.list(from)) {
        for (Path path : all.filter(p -> !p.getFileName().toString().equals(without)).toList()) {
          Files.createSymbolicLink(to.resolve(path.getFileName()), path);
        }
      }
    }
  }

  @Test
  void opensByMavenAloneOutsideOfThisRepository() throws IOException {
    Path app = folder.resolve("alone");
    Layout.copyTree(Apps.named("vanilla"), app);
    Path picture = folder.resolve("first.png");
    assertEquals(
        0,
        run(
            app,
            List.of(
                "mvn",
                "-B",
                "-q",
                "-o",
                "-Dmaven.repo.local=" + localRepository(folder.resolve("repository")),
                "exec:java",
                "-Dexec.args=run --headless --screenshot " + picture)));
    assertTrue(Files.size(picture) > 10_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vanilla", "react"})
  void anArchetypeMakesWhatInitMakesAndMavenMakesItsPackage(String template) throws IOException {
    List<String> maven =
        List.of("mvn", "-B", "-q", "-Dmaven.repo.local=" + localRepository(folder.resolve("m2")));
    List<String> generate = new ArrayList<>(maven);
    generate.addAll(
        List.of(
            ARCHETYPE_PLUGIN + ":generate",
            "-DarchetypeCatalog=local",
            "-DarchetypeGroupId=dev.dunlin",
            "-DarchetypeArtifactId=dunlin-archetype-" + template,
            "-DarchetypeVersion=0.1.0",
            "-DgroupId=com.example",
            "-DartifactId=my-notes",
            "-Dversion=1.0.0"));
    List<String> help = new ArrayList<>(maven);
    help.add(ARCHETYPE_PLUGIN + ":help");
    assumeTrue(
        run(folder, help) == 0,
        "SKIPPED: Maven's archetype plugin can't be fetched from its registry");
    assertEquals(0, run(folder, generate));
    Path app = folder.resolve("my-notes");
    Path init = folder.resolve("init");
    Layout layout = Layout.of(Account.self());
    assertEquals(
        0,
        run(
            folder,
            List.of(
                Layout.jdk().resolve("bin/java").toString(),
                "-Ddunlin.home=" + layout.home(),
                "-cp",
                layout.dist() + "/lib/*:" + installersJar(),
                "dev.dunlin.installers.Main",
                "init",
                init.toString(),
                "--template=" + template,
                "--name=my-notes",
                "--title=my-notes")));
    assertEquals(contents(init), contents(app));
    List<String> make = new ArrayList<>(maven);
    make.addAll(List.of("-o", "package", "-Pinstaller", "-Ddunlin.thin=true"));
    if (template.equals("vanilla")) {
      // The others would be built by npm first.
      assertEquals(0, run(app, make));
      assertTrue(Files.size(app.resolve("build/my-notes_1.0.0_all.deb")) > 10_000);
    }
  }

  private static Map<String, String> contents(Path folder) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        contents.put(
            folder.relativize(file).toString(),
            new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return contents;
  }

  /** From what a package has: neither sources nor node_modules. */
  private void passesItsTestAsBuilt(Path built) throws IOException {
    Path users = Files.createDirectories(folder.resolve("users"));
    for (String part : List.of("dist", "socket.ini", "icon.png")) {
      Layout.copyTree(built.resolve(part), users.resolve(part));
    }
    RunningApp test = APPS.start(RunningApp.Start.of(users, "--test=test/app.test.js"));
    assertEquals(0, test.awaitExit(), test::log);
    test.awaitLine("# ok");
    assertFalse(test.log().contains("not ok"), test.log());
  }
}
