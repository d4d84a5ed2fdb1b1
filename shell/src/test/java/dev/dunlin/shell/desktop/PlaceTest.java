package dev.dunlin.shell.desktop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.bridge.spi.ScopedPath;
import io.vertx.core.Future;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Power, theme, badge, reveal and autostart, with the real protocols on a private bus. */
@EnabledOnOs(OS.LINUX)
class PlaceTest {
  private static final long PATIENCE_SECONDS = 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private final BlockingQueue<String> news = new LinkedBlockingQueue<>();
  private MockDesktop desktop;
  private Bus bus;
  private Power power;
  private DesktopCommands commands;

  @BeforeEach
  void start() throws IOException {
    desktop = MockDesktop.start();
    bus = new Bus(Optional.of(desktop.address()));
    commands =
        new DesktopCommands(
            () -> bus,
            "dev.example.app",
            new Autostart(
                "dev.example.app",
                Map.of(
                    "XDG_CONFIG_HOME",
                    folder.resolve("config").toString(),
                    "XDG_DATA_HOME",
                    folder.resolve("data").toString(),
                    "XDG_DATA_DIRS",
                    "relative:")));
    power = new Power(bus, bus, "An App", (event, detail) -> news.add(event + detail));
  }

  @AfterEach
  void end() {
    if (bus != null) {
      bus.close();
      desktop.close();
    }
  }

  private static <T> T get(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private String next() throws InterruptedException {
    return news.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Runs a command with a call that has these parameters and, if it wants one, this path. */
  private Object run(String function, String params, Path path) throws IOException {
    JsonNode given = JSON.readTree(params);
    Command command =
        commands.all().stream()
            .filter(one -> one.function().equals(function))
            .findFirst()
            .orElseThrow();
    ScopedPath scoped =
        (ScopedPath)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ScopedPath.class},
                (proxy, method, arguments) -> path);
    Call call =
        (Call)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Call.class},
                (proxy, method, arguments) ->
                    method.getName().equals("param")
                        ? Optional.ofNullable(given.get((String) arguments[0]))
                        : scoped);
    return ((Reply.Data) get(command.handler().handle(call))).value();
  }

  @Test
  void tellsOfSleepAndOfTheSourceOfPower() throws IOException, InterruptedException {
    assertNull(get(power.state()).get("onBattery"));
    assertEquals("no-power", get(power.capability()).get("reason"));
    desktop.tell("power start");
    assertEquals(true, get(power.capability()).get("available"));
    get(power.watch());
    get(power.watch());
    assertEquals(false, get(power.state()).get("onBattery"));
    desktop.tell("power battery yes");
    assertEquals("powersource{onBattery=true}", next());
    desktop.tell("power sleep yes");
    assertEquals("powersuspend{}", next());
    desktop.tell("power sleep no");
    assertEquals("powerresume{}", next());
    assertEquals(true, get(power.state()).get("onBattery"));
    assertTrue(news.isEmpty(), news::toString);
  }

  @Test
  void keepsTheScreenOnUntilThatIsUndone() throws Exception {
    BusError none = assertThrows(BusError.class, () -> get(power.keepAwake("a film")));
    assertEquals("ERR_NO_SCREEN_SAVER", BusError.toPage(none, Power.NO_SAVER).code());
    desktop.tell("saver");
    AutoCloseable kept = get(power.keepAwake("a film"));
    assertEquals("{\"7\":[\"An App\",\"a film\"]}", desktop.ask("inhibited").toString());
    kept.close();
    // The bus keeps the order of what one sender tells one receiver.
    get(power.keepAwake("another"));
    assertFalse(desktop.ask("inhibited").toString().contains("a film"));
  }

  @Test
  void tellsDarkFromLightAndHearsWhenThePersonChangesIt() throws IOException, InterruptedException {
    Theme theme = new Theme(bus);
    BusError none = assertThrows(BusError.class, () -> get(theme.isDark()));
    assertEquals(BusError.Kind.NO_SERVICE, none.kind());
    desktop.tell("theme 1");
    assertTrue(get(theme.isDark()));
    get(theme.onChange(dark -> news.add("dark " + dark)));
    desktop.tell("theme 2");
    assertEquals("dark false", next());
    assertFalse(get(theme.isDark()));
    desktop.tell("theme 1");
    assertEquals("dark true", next());
  }

  @Test
  void showsAFileInItsFolderByTheFileManager() throws IOException {
    desktop.tell("files");
    Path file = Files.writeString(folder.resolve("a b.txt"), "x");
    run("reveal", "{}", file);
    assertEquals(
        List.of(file.toUri().toString()).toString().replace("[", "[\"").replace("]", "\"]"),
        desktop.ask("revealed").toString());
  }

  @Test
  void tellsDocksOfCountAndProgress() throws IOException {
    run("setBadge", "{\"count\":3,\"progress\":0.5}", folder);
    run("setBadge", "{\"count\":0}", folder);
    assertThrows(BridgeError.class, () -> run("setBadge", "{\"count\":\"x\"}", folder));
    run("setBadge", "{\"progress\":-1,\"urgent\":true}", folder);
    String told = "";
    // The signals come by another way than the answers.
    for (int i = 0; i < 100_000 && !told.contains("urgent"); i++) {
      told = desktop.ask("signals").toString();
    }
    assertTrue(
        told.contains(
            "\"Update\",\"application://dev.example.app.desktop\",{\"count\":3,\"count-visible\":true,\"progress\":0.5,\"progress-visible\":true}"),
        told);
    assertTrue(told.contains("{\"count\":0,\"count-visible\":false,\"progress\":0.5"), told);
    assertTrue(told.contains("\"progress-visible\":false,\"urgent\":true"), told);
  }

  @Test
  void anInstalledAppStartsWithTheSessionWhenToldSoAndAnotherSaysWhyNot() throws IOException {
    BridgeError not =
        assertThrows(BridgeError.class, () -> run("setAutostart", "{\"enabled\":true}", folder));
    assertEquals("ERR_NOT_INSTALLED", not.code());
    assertEquals(false, run("autostart", "{}", folder));
    Path entry = folder.resolve("data/applications/dev.example.app.desktop");
    Files.createDirectories(entry.getParent());
    Files.writeString(entry, "[Desktop Entry]\nExec=/opt/app\n");
    Path on = folder.resolve("config/autostart/dev.example.app.desktop");
    Files.createDirectories(on.getParent());
    Path other = Files.writeString(folder.resolve("other"), "mine");
    Files.createSymbolicLink(on, other);
    assertEquals(true, run("setAutostart", "{\"enabled\":true}", folder));
    assertEquals(Files.readString(entry), Files.readString(on));
    assertEquals("mine", Files.readString(other), "a link is not followed");
    assertEquals(false, run("setAutostart", "{\"enabled\":false}", folder));
    assertFalse(Files.exists(on));
    assertThrows(BridgeError.class, () -> run("setAutostart", "{\"enabled\":1}", folder));
  }
}
