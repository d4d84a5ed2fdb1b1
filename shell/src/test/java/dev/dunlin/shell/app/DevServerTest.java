package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.shell.config.AppConfig;
import dev.dunlin.shell.host.HostException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The child that is an app's dev server. */
@DisabledOnOs(OS.WINDOWS)
class DevServerTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  private AppConfig app(String command) throws IOException {
    Files.writeString(
        folder.resolve("socket.ini"),
        "[build]\nname = a\ncopy = dist\n[meta]\nbundle_identifier = com.example.a\n[webview]\n"
            + "dev_command = "
            + command
            + "\n");
    return AppConfig.load(folder);
  }

  private DevServer start(String script) throws IOException {
    Files.writeString(folder.resolve("server.sh"), script);
    try (Console console =
        new Console(new PrintStream(printed, true, StandardCharsets.UTF_8), System.err)) {
      return DevServer.start(app("sh server.sh"), RandomSource.secure(), console);
    }
  }

  @Test
  void isKnownByThePortThatItPrintsAndByATokenOfItsOwn() throws IOException {
    DevServer server =
        start(
            "echo hello\nprintf '%s' \"$DUNLIN_DEV_TOKEN\" > token\n"
                + "echo 'dunlin-dev {\"port\":4711}'\nexec sleep 60\n");
    try {
      assertEquals(4711, server.port());
      assertEquals(Files.readString(folder.resolve("token")), server.token());
      assertTrue(server.token().matches("[0-9a-f]{32}"), server.token());
      assertTrue(server.policy("connect-src 'self'").endsWith("ws://127.0.0.1:4711"));
    } finally {
      server.close();
    }
    assertTrue(printed.toString(StandardCharsets.UTF_8).contains("hello"));
  }

  @Test
  void saysWithWhichCodeItEndedBeforeItWasReady() {
    HostException fault = assertThrows(HostException.class, () -> start("exit 3\n"));
    assertTrue(fault.getMessage().contains("(sh server.sh) ended with code 3"), fault.getMessage());
  }

  @Test
  void saysThatThereIsNoSuchProgram() throws IOException {
    AppConfig config = app("no-such-server");
    try (Console console = new Console(System.out, System.err)) {
      HostException fault =
          assertThrows(
              HostException.class, () -> DevServer.start(config, RandomSource.secure(), console));
      assertTrue(fault.getMessage().contains("no-such-server"), fault.getMessage());
    }
  }

  @Test
  void takesNothingElseForTheLineWithThePort() {
    assertEquals(Optional.of(5173), DevServer.port("dunlin-dev {\"port\":5173}"));
    for (String line :
        new String[] {
          "",
          "dunlin-dev",
          "dunlin-dev {\"port\":0}",
          "dunlin-dev {\"port\":65536}",
          "x dunlin-dev {\"port\":1}",
          "dunlin-dev {\"port\":1} x"
        }) {
      assertEquals(Optional.empty(), DevServer.port(line), line);
    }
  }

  @Test
  void isNotThereWithoutACommand() throws IOException {
    Files.createDirectory(folder.resolve("dist"));
    assertFalse(DevServer.isIn(app("")));
    assertTrue(DevServer.isIn(app("vite")));
  }

  @Test
  void letsTheFolderOfABuildBeMissing() throws IOException {
    assertEquals(folder.resolve("dist"), app("vite").build().resources());
  }

  @Test
  void bringsItsPackageIntoAnAppAndRenewsIt() throws IOException {
    Path api = folder.resolve(".dunlin/api");
    NpmSetup.writeApi(api);
    assertTrue(Files.readString(api.resolve("index.d.ts")).contains("./fs.d.ts"));
    assertTrue(Files.isRegularFile(api.resolve("vite.js")));
    Files.writeString(api.resolve("files.txt"), "another build\n");
    Files.delete(api.resolve("vite.js"));
    NpmSetup.writeApi(api);
    assertTrue(Files.isRegularFile(api.resolve("vite.js")));
  }
}
