package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.e2e.bluetooth.BluetoothMachine;
import dev.dunlin.e2e.bluetooth.OneMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * From page to page: an app that is a device, and one whose person chooses it, over two controllers
 * of a real bluetoothd.
 */
@Tag("bluetooth")
class BluetoothPagesSuite {
  @RegisterExtension static final OneMachine MACHINE = new OneMachine();
  @RegisterExtension static final Apps APPS = new Apps();

  private static final String SERVICE = "5b1f0001-7c3e-4a52-9d2c-6a8e5f2b1c00";
  private static final String NAME = "Page";
  private static final String CHOOSER = "Pulse wants to use a Bluetooth device";
  private static final String SIMULATION = "simulation = devices.json";

  /** For what a radio takes part in: the machine may have a twentieth of a core. */
  private static final Duration LONG = Duration.ofMinutes(3);

  private static Desktop desktop;

  @TempDir Path temp;

  @BeforeAll
  static void open() {
    desktop = Desktop.start();
  }

  @AfterAll
  static void close() {
    if (desktop != null) {
      desktop.close();
    }
  }

  private RunningApp.Start app(String adapter) throws IOException {
    Path folder = temp.toRealPath().resolve(adapter);
    Layout.copyTree(Apps.named("bluetooth"), folder);
    Path settings = folder.resolve("socket.ini");
    String simulated = Files.readString(settings);
    assertTrue(simulated.contains(SIMULATION));
    String real = "bus = " + MACHINE.get().busAddress() + "\nadapter = " + adapter;
    Files.writeString(settings, simulated.replace(SIMULATION, real));
    return RunningApp.Start.of(folder).driven();
  }

  private static Page ready(RunningApp app) {
    Page page = app.page();
    page.await("document.documentElement?.dataset.ready === 'true'");
    return page;
  }

  /** Goes down to the device with real keys, and takes it. */
  private static void choose(RunningApp app, Page page) {
    page.evaluate("onClick(() => choose({filters: [{services: ['" + SERVICE + "']}]}))");
    page.click("#try");
    app.await(
        () -> desktop.window(CHOOSER).filter(Desktop.Seen::isActive).isPresent(),
        "the chooser",
        LONG);
    page.awaitDialog(
        named -> named.stream().anyMatch(row -> row.contains(NAME + ", ")),
        "the device in the chooser");
    assertEquals(1, page.dialog().stream().filter(row -> row.contains("signal")).count());
    page.press("\u2193\r");
    JsonNode chosen = page.evaluate("clicked", LONG);
    assertEquals(NAME, chosen.path("value").path("name").asText(), chosen::toString);
  }

  @Test
  void aPageReadsWritesAndHearsAnotherPageThroughTwoRadiosAndAgainAfterTheDaemonCrashed()
      throws IOException {
    BluetoothMachine machine = MACHINE.get();
    machine.power(0, true);
    machine.power(1, true);
    RunningApp device = APPS.start(app("hci1"));
    RunningApp user =
        APPS.start(
            app("hci0")
                .withWords()
                .variable("GTK_THEME", "Adwaita")
                .variable("DISPLAY", desktop.name())
                .variable("XAUTHORITY", desktop.authority()));
    Page served = ready(device);
    served.run(
        """
        const { advertise } = await import('socket:bluetooth/peripheral')
        const bytes = text => new TextEncoder().encode(text)
        globalThis.kept = bytes('from a page')
        globalThis.pulse = await advertise({
          name: 'Page',
          services: [{
            uuid: '5b1f0001-7c3e-4a52-9d2c-6a8e5f2b1c00',
            characteristics: [
              { uuid: '5b1f0002-7c3e-4a52-9d2c-6a8e5f2b1c00', read: () => kept, write: value => { kept = new Uint8Array(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength)) } },
              { uuid: '5b1f0003-7c3e-4a52-9d2c-6a8e5f2b1c00', notify: send => {
                let n = 0
                const timer = setInterval(() => send(Uint8Array.of(++n)), 200)
                return () => clearInterval(timer)
              } },
            ],
          }],
        })
        """,
        LONG);
    user.await(desktop::isManaged, "the window manager", RunningApp.SOON);
    Page page = ready(user);
    assertEquals("true", page.evaluate("navigator.bluetooth.getAvailability()", LONG).asText());
    choose(user, page);

    page.run("await device.gatt.connect()", LONG);
    assertEquals("from a page", read(page));
    // As a server, BlueZ 5.66 takes no more (github.com/bluez/bluez/issues/570).
    page.run(
        """
        globalThis.long = Uint8Array.from({ length: 508 }, (_, i) => 97 + i % 26)
        await (await characteristic('5b1f0001-7c3e-4a52-9d2c-6a8e5f2b1c00', '5b1f0002-7c3e-4a52-9d2c-6a8e5f2b1c00')).writeValueWithResponse(long)
        """,
        LONG);
    assertEquals("508", served.evaluate("kept.byteLength").asText());
    String written = read(page);
    assertEquals(508, written.length());
    assertTrue(written.startsWith("abcdefghijklmnopqrstuvwxyzabc"), written);
    assertEquals(
        "[1,2,3]",
        page.run(
                """
                const told = await characteristic('5b1f0001-7c3e-4a52-9d2c-6a8e5f2b1c00', '5b1f0003-7c3e-4a52-9d2c-6a8e5f2b1c00')
                const heard = []
                const enough = new Promise(done => told.addEventListener('characteristicvaluechanged', event => {
                  heard.push(event.target.value.getUint8(0))
                  if (heard.length === 3) done()
                }))
                await told.startNotifications()
                await enough
                await told.stopNotifications()
                return heard.slice(0, 3).sort()
                """,
                LONG)
            .toString());

    // The daemon dies: the page hears it, and all is registered again for both.
    page.evaluate(
        "globalThis.gone = new Promise(done => device.addEventListener('gattserverdisconnected', () => done(true), {once: true})); true");
    machine.crash();
    assertEquals("true", page.evaluate("gone", LONG).asText());
    machine.tell("await has_adapters && power 0 true && power 1 true");
    assertEquals(
        "true",
        page.run(
                """
                for (let tries = 0; tries < 20; tries++) {
                  try {
                    await device.gatt.connect()
                    return true
                  } catch (error) {
                    globalThis.why = error.message
                    await new Promise(next => setTimeout(next, 1000))
                  }
                }
                return why
                """,
                LONG)
            .asText());
    assertEquals(written, read(page));

    // The other page goes: so does the link.
    page.evaluate(
        "globalThis.gone = new Promise(done => device.addEventListener('gattserverdisconnected', () => done(true), {once: true})); true");
    page.run("device.gatt.disconnect()");
    assertEquals("true", page.evaluate("gone", LONG).asText());
    served.run("await pulse.stop()", LONG);
  }

  private static String read(Page page) {
    return page.run(
            "return new TextDecoder().decode(await (await characteristic('"
                + SERVICE
                + "', '5b1f0002-7c3e-4a52-9d2c-6a8e5f2b1c00')).readValue())",
            LONG)
        .asText();
  }
}
