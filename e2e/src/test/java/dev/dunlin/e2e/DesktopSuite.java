package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.bt.bluez.MockBus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The person's desktop in real Chromium: a bus of its own, and the real protocols on it. */
class DesktopSuite {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path DESKTOP = Path.of("shell/src/test/resources/desktop.py");

  @RegisterExtension static final Apps APPS = new Apps();

  @TempDir Path folder;

  private static Desktop screen;
  private static MockBus bus;
  private static MockBus.Peer desktop;
  private static RunningApp app;
  private static Page page;

  @BeforeAll
  static void open() throws IOException {
    MockBus.assumeThere();
    screen = Desktop.start();
    bus = MockBus.start("");
    desktop = bus.startPeer(Layout.of(Account.self()).home().resolve(DESKTOP), bus.address());
    desktop.tell("notifications body actions");
    desktop.tell("watcher");
    desktop.tell("theme 2");
    app = APPS.startForSuite(start(Apps.named("desktop"), bus.address()));
    app.await(screen::isManaged, "the window manager", RunningApp.SOON);
    page = app.page();
    page.await("document.documentElement?.dataset.ready === 'true'");
  }

  private static RunningApp.Start start(Path app, String address) {
    return RunningApp.Start.of(app)
        .withWords()
        .driven()
        .variable("DISPLAY", screen.name())
        .variable("XAUTHORITY", screen.authority())
        .variable("DBUS_SESSION_BUS_ADDRESS", address)
        .variable("DBUS_SYSTEM_BUS_ADDRESS", address);
  }

  @AfterAll
  static void close() {
    if (bus != null) {
      // Chromium ends itself, at once, when its bus goes.
      app.close();
      bus.close();
      screen.close();
    }
  }

  private static JsonNode ask(String command) {
    try {
      return JSON.readTree(desktop.tell(command));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The last notification that the desktop was told to show; its number is first. */
  private static JsonNode notified() {
    JsonNode all = ask("notified");
    return all.get(all.size() - 1);
  }

  @Test
  @Shows(Feature.NOTIFICATIONS)
  void aPagesNotificationIsShownAndTellsWhatThePersonChoseAndAClickBringsTheAppForward()
      throws IOException {
    assertEquals(
        "[\"granted\",\"granted\",true]",
        page.run(
                "return [Notification.permission, await Notification.requestPermission(),"
                    + " Notification === notification.Notification]")
            .toString());
    page.run(
        "globalThis.seen = []; globalThis.one = new Notification('Hello', {body: 'there', tag: 'x',"
            + " actions: [{action: 'later', title: 'Later'}]});"
            + "for (const type of ['show', 'click', 'close']) one.addEventListener(type, event =>"
            + " seen.push(type + (event.action ?? '')));"
            + "await new Promise(resolve => one.addEventListener('show', resolve))");
    JsonNode shown = notified();
    assertEquals("Desk", shown.get(1).textValue());
    assertEquals("Hello", shown.get(4).textValue());
    assertEquals("there", shown.get(5).textValue());
    assertEquals("[\"default\",\"\",\"later\",\"Later\"]", shown.get(6).toString());
    Desktop.Seen window = screen.window("Desk").orElseThrow();
    JsonNode minimised = page.run("return command('window/minimize')");
    assertTrue(minimised.path("value").path("minimized").asBoolean(), minimised::toString);
    assertTrue(window.isMinimized());
    desktop.tell("invoke " + shown.get(0) + " later");
    page.await("globalThis.seen.includes('clicklater')");
    app.await(
        () -> !window.isMinimized() && window.isActive(),
        "the window to come forward",
        RunningApp.SOON);
    desktop.tell("invoke " + shown.get(0) + " default");
    page.await("globalThis.seen.includes('click')");
    page.run(
        "globalThis.two = new Notification('Two', {tag: 'x'}); await new Promise(r => two.onshow = r)");
    assertEquals(shown.get(0).intValue(), notified().get(2).intValue(), "it replaces the first");
    page.await("globalThis.seen.includes('close')");
    assertEquals(
        "true",
        page.run(
                "await two.close(); return ipc.call('ipc://notification/list').then(l => l.every(o => o.title !== 'Two'))")
            .toString());
  }

  @Test
  @Shows(Feature.WORKER_NOTIFICATIONS)
  void aServiceWorkersNotificationIsTheDesktopsAndItsClickIsTheWorkers() throws IOException {
    page.run(
        "await navigator.serviceWorker.register('/sw.js', {type: 'module'});"
            + "globalThis.registration = await navigator.serviceWorker.ready; globalThis.heard = [];"
            + "navigator.serviceWorker.addEventListener('message', event => heard.push(event.data));"
            + "navigator.serviceWorker.startMessages();"
            + "registration.active.postMessage({show: 'From the worker', options: {data: {a: 1}, tag:"
            + " 'w'}})");
    page.await("globalThis.heard.length === 1");
    assertEquals("[\"shown\"]", page.evaluate("heard[0]").toString());
    assertEquals("From the worker", notified().get(4).textValue());
    page.run("await registration.showNotification('From the page', {data: [2]})");
    JsonNode ofPage = notified();
    assertEquals("From the page", ofPage.get(4).textValue());
    assertEquals(
        "[[\"From the worker\",{\"a\":1}],[\"From the page\",[2]]]",
        page.run("return (await registration.getNotifications()).map(one => [one.title, one.data])")
            .toString());
    desktop.tell("invoke " + ofPage.get(0) + " default");
    page.await("globalThis.heard.length === 2");
    assertEquals("[\"click\",\"From the page\",\"\",[2]]", page.evaluate("heard[1]").toString());
    desktop.tell("dismiss " + ofPage.get(0));
    page.await("globalThis.heard.some(words => words[0] === 'close')");
  }

  @Test
  @Shows(Feature.TRAY)
  void theTrayHasTheAppsIconTooltipAndMenuWhichChangesAndTellsThePage() throws IOException {
    assertEquals(
        "null",
        page.run(
                "note('menuItemSelected', 'tray'); return (await"
                    + " command('application/setTrayMenu', {value: 'Desk:\\n Open: o\\n [ ] Quiet: _\\n"
                    + " ---\\n !Quit: q;'})).value")
            .toString());
    JsonNode item = ask("item");
    assertEquals("Desk", item.get("Title").textValue());
    assertEquals("Desk is here", item.get("ToolTip").get(2).textValue());
    page.run(
        "await command('application/setTrayMenuItem', {title: 'Quiet', checked: true, enabled:"
            + " true});");
    JsonNode quiet = ask("menu").get(1).get(2).get(1).get(1);
    assertEquals("Quiet 1", quiet.get("label").asText() + " " + quiet.get("toggle-state"));
    desktop.tell("click 4");
    desktop.tell("click 2");
    desktop.tell("activate");
    page.await("said.length === 2");
    assertEquals(
        "[[\"menuItemSelected\",{\"title\":\"Quiet\",\"parent\":\"Desk\",\"type\":\"tray\",\"state\":\"1\"}],[\"tray\",true]]",
        JSON.writeValueAsString(sorted(page.evaluate("said"))));
    JsonNode wrong =
        page.run("return command('application/setTrayMenu', {value: 'A:\\n x: Banana;'})");
    assertEquals("ERR_MENU_SYNTAX", wrong.path("code").asText(), wrong::toString);
    page.run("await command('application/setTrayMenu', {value: ''})");
    assertEquals("false", ask("has " + ask("items").get(0).textValue()).toString());
  }

  /** As the page has it, with the members of objects in the order of this test's text. */
  private static JsonNode sorted(JsonNode said) {
    JsonNode detail = said.get(0).get(1);
    var ordered = JSON.createObjectNode();
    for (String name : new String[] {"title", "parent", "type", "state"}) {
      ordered.set(name, detail.get(name));
    }
    return JSON.createArrayNode()
        .add(JSON.createArrayNode().add(said.get(0).get(0)).add(ordered))
        .add(said.get(1));
  }

  @Test
  @Shows(Feature.POWER)
  void thePageHearsOfSleepAndPowerAndKeepsTheScreenOnUntilItLetsGo() throws IOException {
    desktop.tell("power start");
    desktop.tell("saver");
    assertEquals(
        "{\"onBattery\":false}",
        page.run(
                "globalThis.powered = []; for (const name of ['powersuspend', 'powerresume',"
                    + " 'powersource']) ipc.on(name, detail => powered.push([name, detail.onBattery]));"
                    + "return (await command('power/watch')).value")
            .toString());
    desktop.tell("power sleep yes");
    desktop.tell("power battery yes");
    page.await("powered.length === 2");
    assertEquals(
        "[[\"powersuspend\",null],[\"powersource\",true]]",
        page.evaluate("powered.map(([name, on]) => [name, on ?? null])").toString());
    page.run("globalThis.kept = (await command('power/keepAwake', {why: 'a film'})).value.id");
    assertEquals("{\"7\":[\"Desk\",\"a film\"]}", ask("inhibited").toString());
    JsonNode let = page.run("return command('handle/power/letSleep/' + kept)");
    assertTrue(let.has("value"), let::toString);
    assertEquals("{}", ask("inhibited").toString());
  }

  @Test
  @Shows(Feature.THEME)
  void aChangeOfTheDesktopsThemeReachesEveryWindowWhileTheAppRuns() throws IOException {
    String dark = "matchMedia('(prefers-color-scheme: dark)')";
    page.await("!" + dark + ".matches");
    page.run(
        "globalThis.changes = []; globalThis.query = "
            + dark
            + "; query.onchange = event => changes.push(event.matches)");
    desktop.tell("theme 1");
    page.await("changes.length === 1 && changes[0] && " + dark + ".matches");
    page.run("globalThis.other = await application.createWindow({path: '/index.html'})");
    Page other = app.page(1);
    other.await("document.documentElement?.dataset.ready === 'true'");
    assertTrue(other.evaluate(dark + ".matches").booleanValue(), "a window that opens later");
    desktop.tell("theme 2");
    other.await("!" + dark + ".matches");
    page.await("!" + dark + ".matches");
    page.run("await other.close()");
  }

  @Test
  @Shows(Feature.REVEAL)
  void aFileIsShownInItsFolderByTheFileManager() throws IOException {
    desktop.tell("files");
    Path file = Files.writeString(folder.toRealPath().resolve("a file.txt"), "");
    JsonNode shown =
        page.run(
            "return outcome(() => application.reveal(" + JSON.valueToTree(file.toString()) + "))");
    assertTrue(!shown.has("code"), shown::toString);
    assertEquals("[\"" + file.toUri() + "\"]", ask("revealed").toString());
    assertTrue(capability("reveal").path("available").asBoolean());
  }

  private static JsonNode capability(String name) {
    return page.run("return application.capabilities()").path(name);
  }

  private static Optional<JsonNode> badge() {
    for (JsonNode signal : ask("signals")) {
      if (signal.get(0).asText().equals("com.canonical.Unity.LauncherEntry")) {
        return Optional.of(signal);
      }
    }
    return Optional.empty();
  }

  @Test
  @Shows(Feature.BADGE)
  void theDockIsToldOfCountAndProgress() {
    page.run("await application.setBadge({count: 3, progress: 0.5})");
    // The signal comes by another way than the answer.
    app.await(() -> badge().isPresent(), "the signal to docks", RunningApp.SOON);
    JsonNode told = badge().orElseThrow();
    assertEquals("application://dev.dunlin.e2e.desktop.desktop", told.get(2).asText());
    assertEquals(3, told.get(3).path("count").asInt());
    assertTrue(told.get(3).path("count-visible").asBoolean());
    assertEquals(0.5, told.get(3).path("progress").asDouble());
    assertTrue(capability("menu").path("available").asBoolean());
  }

  @Test
  @Shows(Feature.AUTOSTART)
  void anInstalledAppStartsWithTheSessionAsThePersonLikes() throws IOException {
    JsonNode not = page.run("return outcome(() => application.autostart.setEnabled(true))");
    assertEquals("ERR_NOT_INSTALLED", not.path("code").asText(), not::toString);
    assertEquals("not-installed", capability("autostart").path("reason").asText());
    String name = "dev.dunlin.e2e.desktop.desktop";
    Path installed = Files.createDirectories(app.base().resolve("data/applications")).resolve(name);
    Files.writeString(installed, "[Desktop Entry]\nName=Desk\n");
    try {
      assertTrue(capability("autostart").path("available").asBoolean());
      assertTrue(capability("badge").path("available").asBoolean());
      assertEquals("true", page.run("return application.autostart.setEnabled(true)").toString());
      Path entry = app.base().resolve("config/autostart").resolve(name);
      assertEquals(Files.readString(installed), Files.readString(entry));
      assertEquals("true", page.run("return application.autostart.isEnabled()").toString());
      assertEquals("false", page.run("return application.autostart.setEnabled(false)").toString());
      assertTrue(Files.notExists(entry));
    } finally {
      Files.delete(installed);
    }
  }

  @Test
  void withoutABusEverythingSaysWhatIsMissingAndTheAppGoesOn() throws IOException {
    Path copy = folder.toRealPath().resolve("app");
    Layout.copyTree(Apps.named("desktop"), copy);
    Files.writeString(
        copy.resolve("socket.ini"),
        "\n[permissions]\nallow_notifications = false\n",
        StandardOpenOption.APPEND);
    RunningApp lonely = APPS.start(start(copy, "disabled:"));
    Page there = lonely.page();
    there.await("document.documentElement?.dataset.ready === 'true'");
    JsonNode lines = there.run("return application.capabilities()");
    for (String line :
        new String[] {"notifications", "tray", "keepAwake", "badge", "fileDialogs"}) {
      assertEquals("no-bus", lines.path(line).path("reason").asText(), lines::toString);
    }
    JsonNode tray = there.run("return command('application/setTrayMenu', {value: 'A: _'})");
    assertEquals("ERR_NO_BUS", tray.path("code").asText(), tray::toString);
    JsonNode denied =
        there.run(
            "return [Notification.permission, await outcome(() =>"
                + " notification.showNotification('a'))]");
    assertEquals("denied", denied.get(0).asText());
    assertEquals("ERR_NOTIFICATIONS_DENIED", denied.get(1).path("code").asText(), denied::toString);
    assertTrue(there.run("return 1 + 1").asInt() == 2);
  }
}
