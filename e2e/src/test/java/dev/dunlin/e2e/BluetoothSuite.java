package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Bluetooth from page code, with devices that a file tells, chosen with real keys. */
class BluetoothSuite {
  @RegisterExtension static final Apps APPS = new Apps();

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CHOOSER = "Pulse wants to use a Bluetooth device";
  private static final String QUESTION = "A question of Pulse";
  private static final String HEART = "0000180d-0000-1000-8000-00805f9b34fb";
  private static Desktop desktop;

  @TempDir Path temp;
  private Path folder;
  private RunningApp app;
  private Page page;

  @BeforeAll
  static void open() {
    desktop = Desktop.start();
  }

  @AfterAll
  static void close() {
    desktop.close();
  }

  private void start(String lines) throws IOException {
    start(lines, "ready");
  }

  private void start(String lines, String adapter) throws IOException {
    folder = temp.toRealPath().resolve("app");
    Layout.copyTree(Apps.named("bluetooth"), folder);
    Files.writeString(folder.resolve("socket.ini"), lines, StandardOpenOption.APPEND);
    if (!adapter.equals("ready")) {
      ObjectNode devices = (ObjectNode) JSON.readTree(folder.resolve("devices.json").toFile());
      JSON.writeValue(folder.resolve("devices.json").toFile(), devices.put("adapter", adapter));
    }
    launch();
  }

  private void launch() {
    launch("GTK_THEME", "Adwaita");
  }

  private void launch(String variable, String value) {
    app =
        APPS.start(
            RunningApp.Start.of(folder)
                .withWords()
                .driven()
                .variable(variable, value)
                .variable("DISPLAY", desktop.name())
                .variable("XAUTHORITY", desktop.authority()));
    app.await(desktop::isManaged, "the window manager", RunningApp.SOON);
    page = app.page();
    ready();
  }

  private void ready() {
    page.await("document.documentElement?.dataset.ready === 'true'");
  }

  private void shown(String title) {
    app.await(
        () -> desktop.window(title).filter(Desktop.Seen::isActive).isPresent(),
        "the dialog '" + title + "'",
        RunningApp.SOON);
  }

  /** Clicks; the chooser stands, and lists these devices. */
  private void ask(String call, String... names) {
    page.evaluate("onClick(async () => {" + call + "})");
    page.click("#try");
    listed(names);
  }

  private void listed(String... names) {
    shown(CHOOSER);
    page.awaitDialog(
        named -> List.of(names).stream().allMatch(name -> row(named, name) >= 0),
        "the devices " + List.of(names));
  }

  private static List<String> rows(List<String> named) {
    return named.stream().filter(one -> one.contains("signal")).toList();
  }

  /** The place of a device in the list, -1 if it is not there. */
  private static int row(List<String> named, String name) {
    List<String> rows = rows(named);
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i).contains(": " + name + ", ")) {
        return i;
      }
    }
    return -1;
  }

  /** Goes down to a device with real keys, and takes it. */
  private void take(String name) {
    page.press("\u2193".repeat(row(page.dialog(), name) + 1) + "\r");
  }

  private JsonNode choose(String call, String name) {
    ask(call, name);
    take(name);
    return page.evaluate("clicked");
  }

  private JsonNode chooseFirst() {
    JsonNode chosen = choose("return choose()", "Heart Monitor");
    assertEquals("Heart Monitor", chosen.path("value").path("name").asText(), chosen::toString);
    return chosen;
  }

  private JsonNode outcome(String body) {
    return page.evaluate("outcome(async () => {" + body + "})");
  }

  private void assertFails(String name, JsonNode outcome) {
    assertEquals(name, outcome.path("name").asText(), outcome::toString);
    assertTrue(outcome.path("dom").asBoolean(), outcome::toString);
  }

  @Test
  void thePersonChoosesADeviceAndThePageUsesWhatItWasGrantedAndNothingBeside() throws IOException {
    start("");
    assertEquals("true", page.evaluate("navigator.bluetooth.getAvailability()").asText());
    ask("return choose()", "Heart Monitor", "Locked Strap", "<html><b>Strap</b>", "Unnamed device");
    // As a screen reader has it; nothing beside what fits, nothing taken for HTML.
    assertTrue(page.dialog().contains("list: Devices nearby"), () -> page.dialog().toString());
    assertEquals(
        List.of(
            "panel: Heart Monitor, C4:7C:8D:00:00:01, signal strong",
            "panel: Locked Strap, C4:7C:8D:00:00:02, signal fair",
            "panel: <html><b>Strap</b>, C4:7C:8D:00:00:03, signal weak",
            "panel: Unnamed device, C4:7C:8D:00:00:04, signal unknown"),
        rows(page.dialog()).stream().sorted((a, b) -> address(a).compareTo(address(b))).toList());
    Files.write(picture("chooser.png"), page.screen());
    take("Heart Monitor");
    JsonNode chosen = page.evaluate("clicked");
    assertEquals("Heart Monitor", chosen.path("value").path("name").asText(), chosen::toString);
    assertTrue(chosen.path("value").path("id").asText().matches("[0-9a-f]{32}"), chosen::toString);

    assertFails("NetworkError", outcome("return device.gatt.getPrimaryServices()"));
    page.run("await device.gatt.connect()");
    assertEquals(
        "[\"" + HEART + "\",\"0000180f-0000-1000-8000-00805f9b34fb\"]",
        page.evaluate("device.gatt.getPrimaryServices().then(all => all.map(one => one.uuid))")
            .toString());
    assertEquals(
        "01",
        page.run("return hex(await (await characteristic('heart_rate', 0x2a38)).readValue())")
            .asText());
    page.run(
        "await (await characteristic('battery_service', 'battery_level')).writeValueWithResponse(Uint8Array.of(33))");
    assertEquals(
        "21",
        page.run(
                "return hex(await (await characteristic('battery_service', 'battery_level')).readValue())")
            .asText());

    // Not granted, not of the policy, of the blocklist.
    assertFails(
        "SecurityError", outcome("return device.gatt.getPrimaryService('device_information')"));
    assertFails(
        "SecurityError", outcome("return device.gatt.getPrimaryService('human_interface_device')"));
    assertFails(
        "SecurityError", outcome("return characteristic('heart_rate', 'serial_number_string')"));
    assertFails("NotFoundError", outcome("return characteristic('heart_rate', 'glucose_feature')"));
    assertFails(
        "NotSupportedError",
        outcome(
            "return (await characteristic('heart_rate', 'heart_rate_measurement')).readValue()"));
    assertFails(
        "InvalidModificationError",
        outcome(
            "return (await characteristic('battery_service', 'battery_level')).writeValueWithResponse(new Uint8Array(513))"));

    // Events come, and bubble as the draft has it.
    assertEquals(
        "[\"0048\",\"characteristic\",\"service\",\"device\",\"bluetooth\"]",
        page.run(
                "const heard = await characteristic('heart_rate', 'heart_rate_measurement');"
                    + "const way = []; const told = new Promise(done => {"
                    + "heard.oncharacteristicvaluechanged = e => way.push(hex(e.target.value), 'characteristic');"
                    + "heard.service.addEventListener('characteristicvaluechanged', () => way.push('service'));"
                    + "device.addEventListener('characteristicvaluechanged', () => way.push('device'));"
                    + "navigator.bluetooth.addEventListener('characteristicvaluechanged', e => { way.push('bluetooth'); if (e.target === heard) done() }, {once: true}) });"
                    + "await heard.startNotifications(); await told; await heard.stopNotifications(); return way.slice(0, 5)")
            .toString());

    // The device goes: the page hears, and what it had is void.
    assertEquals(
        "[true,false]",
        page.run(
                "globalThis.old = await characteristic('heart_rate', 0x2a38);"
                    + "const gone = new Promise(done => navigator.bluetooth.addEventListener('gattserverdisconnected', e => done(e.target === device), {once: true}));"
                    + "await (await characteristic('heart_rate', 'heart_rate_control_point')).writeValueWithResponse(new TextEncoder().encode('disconnect'));"
                    + "return [await gone, device.gatt.connected]")
            .toString());
    assertFails("NetworkError", outcome("return old.readValue()"));
    page.run("await device.gatt.connect()");
    assertFails("InvalidStateError", outcome("return old.readValue()"));
    assertEquals(
        "01",
        page.run("return hex(await (await characteristic('heart_rate', 0x2a38)).readValue())")
            .asText());

    // It is still granted after the next start, until it is forgotten.
    Path grants = grants();
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(grants)));
    page.evaluate("location.reload()");
    page.await(
        "document.documentElement?.dataset.ready === 'true' && globalThis.device === undefined");
    assertEquals(
        "[1,true,true]",
        page.run(
                "const all = await navigator.bluetooth.getDevices(); globalThis.device = all[0];"
                    + "await device.gatt.connect();"
                    + "return [all.length, device.name === 'Heart Monitor', (await device.gatt.getPrimaryServices()).length === 2]")
            .toString());
    page.run("await device.forget()");
    assertEquals("[]", page.evaluate("navigator.bluetooth.getDevices()").toString());
    assertFails("InvalidStateError", outcome("return device.gatt.connect()"));
    assertFalse(Files.readString(grants).contains("C4:7C"), "forgotten");
  }

  private Path grants() {
    return Path.of(
        page.run("return (await import('socket:internal/host')).default.paths.data").asText(),
        ".bluetooth",
        "grants.json");
  }

  private static String address(String row) {
    return row.substring(row.lastIndexOf("C4:"));
  }

  private static Path picture(String name) throws IOException {
    return Files.createDirectories(Path.of("target", "pictures")).resolve(name);
  }

  @Test
  @Shows(Feature.BLUETOOTH_CHOOSER)
  void theChooserIsForAPersonsClickOneAtATimeAndMayBeCancelled() throws IOException {
    start("");
    JsonNode unasked =
        page.run(
            "Object.defineProperty(navigator, 'userActivation', {value: {isActive: true}});"
                + "return outcome(() => choose())");
    assertFails("SecurityError", unasked);
    ask("return choose()");
    JsonNode second = outcome("return choose()");
    assertTrue(
        second.path("name").asText().matches("SecurityError|NotAllowedError"), second::toString);
    // Nothing is selected: Enter, which a page might have begged for, chooses nothing.
    page.press("\r");
    assertTrue(desktop.window(CHOOSER).isPresent(), "the chooser stands");
    page.press("\u001b");
    assertFails("NotFoundError", page.evaluate("clicked"));
    assertEquals("[]", page.evaluate("navigator.bluetooth.getDevices()").toString());
    // It goes with the page that asked.
    ask("return choose()");
    page.tell("location.reload()");
    app.await(() -> desktop.window(CHOOSER).isEmpty(), "its end", RunningApp.SOON);
  }

  @Test
  void whatThePolicyDoesNotNameIsDeniedWithTheSourceToAdd() throws IOException {
    start("");
    String lamp = "0000feed-0000-1000-8000-00805f9b34fb";
    page.evaluate("onClick(() => choose({filters: [{services: [0xfeed]}]}))");
    page.click("#try");
    JsonNode denied = page.evaluate("clicked");
    assertFails("NotAllowedError", denied);
    assertEquals(
        "ipc://bluetooth/requestDevice/" + lamp, denied.path("source").asText(), denied::toString);
    assertTrue(denied.path("message").asText().contains("socket.ini"), denied::toString);
    // Also where it hides behind one that is allowed.
    page.evaluate("onClick(() => choose({...heart, optionalServices: [0xfeed]}))");
    page.click("#try");
    assertEquals(
        "ipc://bluetooth/requestDevice/" + lamp, page.evaluate("clicked").path("source").asText());
    page.evaluate("onClick(() => choose({acceptAllDevices: true}))");
    page.click("#try");
    assertFails("NotAllowedError", page.evaluate("clicked"));
    page.evaluate("onClick(() => choose({filters: [{services: ['human_interface_device']}]}))");
    page.click("#try");
    assertFails("NotAllowedError", page.evaluate("clicked"));
    // The same page, with what is allowed.
    chooseFirst();
  }

  @Test
  void aPairingIsThePersonsToConfirm() throws IOException {
    start("");
    JsonNode chosen = choose("return choose()", "Locked Strap");
    assertEquals("Locked Strap", chosen.path("value").path("name").asText(), chosen::toString);
    page.run(
        "await device.gatt.connect(); globalThis.locked = await characteristic('heart_rate', 0x2a38)");
    page.evaluate("globalThis.reading = outcome(async () => hex(await locked.readValue())); true");
    shown(QUESTION);
    Files.write(picture("pairing.png"), page.screen());
    page.press("\r");
    assertFails("NetworkError", page.evaluate("reading"));
    page.evaluate("globalThis.reading = outcome(async () => hex(await locked.readValue())); true");
    shown(QUESTION);
    page.press("\t ");
    assertEquals("02", page.evaluate("reading").path("value").asText());
  }

  @Test
  void aSlowPageLosesTheOldestValuesAndIsToldHowMany() throws IOException {
    start("");
    chooseFirst();
    JsonNode seen =
        page.run(
            "await device.gatt.connect(); const level = await characteristic('battery_service', 'battery_level');"
                + "let count = 0, last = -1; level.addEventListener('characteristicvaluechanged', e => {"
                + " if (e.target.value.byteLength === 4) { count++; last = e.target.value.getUint32(0) } });"
                + "await level.startNotifications();"
                + "await (await characteristic('heart_rate', 'heart_rate_control_point')).writeValueWithResponse(new TextEncoder().encode('flood 200000'));"
                + "const until = performance.now() + 1500; while (performance.now() < until);"
                + "while (last !== 199999) await new Promise(next => setTimeout(next, 20));"
                + "return {count, dropped: device.gatt.droppedValues, last}",
            Duration.ofMinutes(2));
    assertEquals(199_999, seen.path("last").asInt(), seen::toString);
    assertTrue(seen.path("dropped").asInt() > 0, seen::toString);
    assertTrue(seen.path("count").asInt() >= 100, seen::toString);
  }

  @Test
  void aMachineWithoutBluetoothSaysWhyAndWhatHelps() throws IOException {
    start("", "NO_DAEMON");
    assertEquals("false", page.evaluate("navigator.bluetooth.getAvailability()").asText());
    JsonNode told =
        page.run("return (await (await import('socket:application')).capabilities()).bluetooth");
    assertEquals("NO_DAEMON", told.path("reason").asText(), told::toString);
    assertTrue(told.path("cure").asText().contains("systemctl"), told::toString);
    page.evaluate("onClick(() => choose())");
    page.click("#try");
    assertFails("NotFoundError", page.evaluate("clicked"));
  }

  @Test
  void noClassOfDbusIsLoadedBeforeTheFirstCallOfBluetooth() throws IOException {
    folder = temp.toRealPath().resolve("app");
    Layout.copyTree(Apps.named("bluetooth"), folder);
    Path ini = folder.resolve("socket.ini");
    Files.writeString(
        ini,
        Files.readString(ini)
            .replace("simulation = devices.json", "bus = unix:path=" + temp.resolve("no-bus")));
    Path loaded = temp.toRealPath().resolve("classes");
    launch("JAVA_TOOL_OPTIONS", "-Xlog:class+load:file=" + loaded);
    // What a page does without Bluetooth, in one that may use it.
    page.run("return (await import('socket:os')).default.platform()");
    assertEquals(List.of(), classes(loaded, "org.freedesktop.dbus."));
    assertEquals(List.of(), classes(loaded, "dev.dunlin.bt.bluez."));
    assertFalse(classes(loaded, "dev.dunlin.shell.").isEmpty(), "classes are told");
    assertEquals(
        "NO_BUS", page.evaluate("navigator.bluetooth.availability()").path("reason").asText());
    assertFalse(classes(loaded, "org.freedesktop.dbus.").isEmpty(), "now it is");
  }

  private static List<String> classes(Path log, String prefix) throws IOException {
    return Files.readAllLines(log, StandardCharsets.ISO_8859_1).stream()
        .filter(line -> line.contains("] " + prefix))
        .toList();
  }

  @Test
  void theMachinesOwnBluetoothIsOpenedAndToldAsItIs() throws IOException {
    folder = temp.toRealPath().resolve("app");
    Layout.copyTree(Apps.named("bluetooth"), folder);
    String ini = Files.readString(folder.resolve("socket.ini"));
    // There is no bus: what BlueZ' driver says of that comes to the page.
    Files.writeString(
        folder.resolve("socket.ini"),
        ini.replace("simulation = devices.json", "bus = unix:path=" + temp.resolve("no-bus")));
    launch();
    JsonNode none = page.evaluate("navigator.bluetooth.availability()");
    assertEquals("NO_BUS", none.path("reason").asText(), none::toString);
    app.close();
    // Whatever this machine has.
    Files.writeString(folder.resolve("socket.ini"), ini.replace("simulation = devices.json", ""));
    launch();
    JsonNode own = page.evaluate("navigator.bluetooth.availability()");
    assertEquals(
        own.path("available").asBoolean(),
        own.path("reason").asText().equals("READY"),
        own::toString);
    assertEquals(own.path("available").asBoolean(), own.path("cure").asText().isEmpty());
  }

  @Test
  void aPageWithoutASourceOfBluetoothHasNone() throws IOException {
    start("");
    String policy = Files.readString(folder.resolve("socket.ini"));
    app.close();
    Files.writeString(
        folder.resolve("socket.ini"), policy.replaceAll("ipc://bluetooth/\\S+", "ipc://os"));
    launch();
    assertEquals("undefined", page.evaluate("typeof navigator.bluetooth").asText());
    JsonNode denied =
        page.run(
            "return outcome(async () => (await import('socket:bluetooth/web')).bluetooth.getDevices())");
    assertFails("NotAllowedError", denied);
  }

  @Test
  void aPageIsADeviceForOthersAndItsHandlersHaveALimitedTime() throws IOException {
    start("");
    JsonNode seen =
        page.run(
            """
            const id = number => `5b1f000${number}-7c3e-4a52-9d2c-6a8e5f2b1c00`
            const { advertise } = await import('socket:bluetooth/peripheral')
            const written = [], text = new TextDecoder()
            let done
            const all = new Promise(resolve => { done = resolve })
            const peripheral = await advertise({ name: 'Pulse', services: [{ uuid: id(1), characteristics: [
              { uuid: id(2), read: () => 'hello', notify: send => { const timer = setInterval(() => send('told'), 50); return () => { clearInterval(timer); written.push('left') } } },
              { uuid: id(3), write: (value, { central }) => { written.push(`${central} ${text.decode(value)}`); if (text.decode(value) === 'TIMEOUT') done() } },
              { uuid: id(4), read: () => { throw new DOMException('no', 'NotSupportedError') } },
              { uuid: id(5), read: () => new Promise(() => {}) },
            ] }] })
            await all
            await peripheral.stop()
            return { written, active: peripheral.active }""",
            Duration.ofSeconds(40));
    assertEquals(
        "[\"1 hello\",\"left\",\"1 told\",\"1 NOT_SUPPORTED\",\"1 TIMEOUT\"]",
        seen.path("written").toString(),
        seen::toString);
    assertFalse(seen.path("active").asBoolean());
    JsonNode denied =
        outcome(
            "const { advertise } = await import('socket:bluetooth/peripheral'); return advertise({services: [{uuid: 0x180d, characteristics: [{uuid: 0x2a37, value: 'x'}]}]})");
    assertFails("NotAllowedError", denied);
    assertEquals("ipc://bluetooth/advertise/" + HEART, denied.path("source").asText());
  }

  @Test
  void theShapeOfTheReferenceListensAndPublishes() throws IOException {
    start("");
    page.evaluate(
        "onClick(async () => { const { Bluetooth } = await import('socket:bluetooth');"
            + "const pulse = globalThis.pulse = new Bluetooth({ serviceId: '"
            + HEART.toUpperCase(java.util.Locale.ROOT)
            + "' }); const told = new Promise(heard => pulse.once('data', (bytes, info) => heard([bytes.toString('hex'), info.characteristicId.slice(4, 8)])));"
            + "const ready = new Promise(heard => pulse.once('ready', heard));"
            + "const { err } = await pulse.start(); if (err) throw err; await ready;"
            + "const { err: refused } = await pulse.subscribe({ characteristicId: '00002a37-0000-1000-8000-00805f9b34fb' }); if (refused) throw refused;"
            + "return told })");
    page.click("#try");
    listed("Heart Monitor");
    take("Heart Monitor");
    JsonNode heard = page.evaluate("clicked");
    assertEquals("[\"0048\",\"2a37\"]", heard.path("value").toString(), heard::toString);
    // The device goes out of reach for a second: it is connected to and heard again, of itself.
    assertEquals(
        "[true,true]",
        page.run(
                "const once = name => new Promise(heard => pulse.once(name, heard));"
                    + "const lost = once('disconnect'), back = once('reconnect');"
                    + "await (await (await pulse.device.gatt.getPrimaryService('heart_rate')).getCharacteristic(0x2a39)).writeValue(new TextEncoder().encode('vanish'));"
                    + "const [{ deviceId }] = await Promise.all([lost, back]);"
                    + "return [deviceId === pulse.device.id, (await once('data')).length === 2]",
                Duration.ofMinutes(1))
            .toString());
  }

  @Test
  void theChooserIsDarkOnADarkDesktop() throws IOException {
    folder = temp.toRealPath().resolve("app");
    Layout.copyTree(Apps.named("bluetooth"), folder);
    launch("GTK_THEME", "Adwaita:dark");
    ask("return choose()", "Heart Monitor", "Locked Strap", "Unnamed device");
    page.press("\u2193");
    byte[] seen = page.screen();
    Files.write(picture("chooser-dark.png"), seen);
    Desktop.Area area = desktop.window(CHOOSER).orElseThrow().area();
    int corner =
        ImageIO.read(new ByteArrayInputStream(seen)).getRGB(area.x() + 6, area.y() + 6) & 0xff;
    assertTrue(corner < 0x60, () -> "dark, not " + corner);
    page.press("\u001b");
    assertFails("NotFoundError", page.evaluate("clicked"));
  }

  @Test
  void aFrameSharesADeviceAndLosesItsShareWithoutHarmToThePage() throws IOException {
    start("");
    chooseFirst();
    JsonNode seen =
        page.run(
            """
            await device.gatt.connect()
            const frame = document.body.appendChild(document.createElement('iframe'))
            await new Promise(loaded => { frame.onload = loaded; frame.src = 'index.html' })
            const inside = frame.contentWindow
            while (inside.document.documentElement.dataset.ready !== 'true') await new Promise(next => setTimeout(next, 20))
            const [same] = await inside.navigator.bluetooth.getDevices()
            await same.gatt.connect()
            const read = async of => hex(await (await (await of.gatt.getPrimaryService('heart_rate')).getCharacteristic(0x2a38)).readValue())
            const both = [same.id === device.id, await read(same), await read(device)]
            const asked = await outcome(() => inside.navigator.bluetooth.requestDevice({ filters: [{ services: ['heart_rate'] }] }))
            frame.remove()
            return { both, asked: asked.name, after: [device.gatt.connected, await read(device)] }""");
    assertEquals("[true,\"01\",\"01\"]", seen.path("both").toString(), seen::toString);
    assertEquals("SecurityError", seen.path("asked").asText(), "only the window's own page asks");
    assertEquals("[true,\"01\"]", seen.path("after").toString(), seen::toString);
  }
}
