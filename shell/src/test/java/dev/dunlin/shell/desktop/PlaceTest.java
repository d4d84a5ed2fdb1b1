package dev.dunlin.shell.desktop;

import static dev.dunlin.shell.desktop.MockDesktop.PATIENCE_SECONDS;
import static dev.dunlin.shell.desktop.MockDesktop.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Caller;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
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
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Power, theme, badge, reveal and autostart, with the real protocols on a private bus. */
@EnabledOnOs(OS.LINUX)
class PlaceTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private final BlockingQueue<String> news = new LinkedBlockingQueue<>();
  private final Set<Integer> closed = ConcurrentHashMap.newKeySet();
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
    power =
        new Power(
            bus,
            bus,
            "An App",
            new Pages() {
              @Override
              public void emit(int window, String event, Object detail) {
                news.add(window + " " + event + detail);
              }

              @Override
              public boolean isOpen(int window) {
                return !closed.contains(window);
              }

              @Override
              public void toFront(int window) {
                throw new AssertionError("nobody asked for it");
              }
            });
  }

  @AfterEach
  void end() {
    if (bus != null) {
      bus.close();
      desktop.close();
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
    get(power.watch(3));
    get(power.watch(3));
    assertEquals(false, get(power.state()).get("onBattery"));
    desktop.tell("power battery yes");
    assertEquals("3 powersource{onBattery=true}", next());
    desktop.tell("power sleep yes");
    assertEquals("3 powersuspend{}", next());
    desktop.tell("power sleep no");
    assertEquals("3 powerresume{}", next());
    assertEquals(true, get(power.state()).get("onBattery"));
    assertTrue(news.isEmpty(), news::toString);
  }

  @Test
  void everyWindowThatWatchesHearsUntilItIsGoneAndNoOther() throws Exception {
    desktop.tell("power start");
    CommandModule module = new PowerModule(() -> power);
    for (int window : new int[] {0, 4, 5}) {
      get(watch(module, window));
    }
    desktop.tell("power sleep yes");
    assertEquals(
        Set.of("0 powersuspend{}", "4 powersuspend{}", "5 powersuspend{}"),
        Set.of(next(), next(), next()));
    closed.addAll(Set.of(0, 5));
    desktop.tell("power sleep no");
    assertEquals("4 powerresume{}", next());
    // What is gone does not come back; and of what is told now, all of before has been told.
    closed.clear();
    desktop.tell("power sleep yes");
    assertEquals("4 powersuspend{}", next());
    assertTrue(news.isEmpty(), news::toString);
    BridgeError worker = assertThrows(BridgeError.class, () -> get(watch(module, -1)));
    assertEquals("ERR_NO_WINDOW", worker.code());
  }

  private static Future<Reply> watch(CommandModule module, int window) throws Exception {
    Command command =
        module.commands().stream()
            .filter(one -> one.function().equals("watch"))
            .findFirst()
            .orElseThrow();
    return command
        .handler()
        .handle(
            (Call)
                Proxy.newProxyInstance(
                    PlaceTest.class.getClassLoader(),
                    new Class<?>[] {Call.class},
                    (proxy, method, arguments) ->
                        new Caller(window, "document", "https://x.localhost", "")));
  }

  @Test
  void keepsTheScreenOnUntilThatIsUndone() throws Exception {
    BusError none = assertThrows(BusError.class, () -> get(power.keepAwake("a film")));
    assertEquals("ERR_NO_SCREEN_SAVER", BusError.toPage(none, Power.NO_SAVER).code());
    desktop.tell("saver");
    Power.Awake kept = get(power.keepAwake("a film"));
    assertEquals("{\"7\":[\"An App\",\"a film\"]}", desktop.ask("inhibited").toString());
    get(kept.end());
    assertEquals("{}", desktop.ask("inhibited").toString());
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

  private Map<String, Object> line(String name) {
    return get(commands.capabilities().get(name).get());
  }

  @Test
  void saysWhatTheDesktopLacksOfIt() throws IOException {
    for (String name : List.of("badge", "autostart")) {
      assertEquals("not-installed", line(name).get("reason"), name);
    }
    Files.createDirectories(folder.resolve("data/applications"));
    Files.writeString(
        folder.resolve("data/applications/dev.example.app.desktop"), "[Desktop Entry]");
    for (String name : List.of("badge", "autostart")) {
      assertEquals(true, line(name).get("available"), name);
    }
    desktop.tell("files");
    assertEquals(true, line("reveal").get("available"));
    bus.close();
    bus = new Bus(Optional.empty());
    assertEquals("no-bus", line("badge").get("reason"));
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
