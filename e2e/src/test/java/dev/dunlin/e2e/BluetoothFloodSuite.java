package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bt.bluez.MockBus;
import dev.dunlin.bt.contract.ContractPeer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** More notifications than a page takes, all the way: a bluetoothd, D-Bus, the host, Chromium. */
class BluetoothFloodSuite {
  @RegisterExtension static final Apps APPS = new Apps();

  private static final int A_SECOND = 10_000;
  private static final int VALUES = 5 * A_SECOND;
  private static final int BYTES = 100;

  /** Were they all kept, each with some 2 KiB as a message of D-Bus, they would be more. */
  private static final long MORE_BYTES = 64L << 20;

  private static final String SERVICE = ContractPeer.SERVICE.toString();

  @TempDir Path temp;

  @Test
  void aFloodOverDbusIsBoundedAndEachValueIsHeardOrCounted() throws IOException {
    MockBus.assumeThere();
    try (MockBus bus = MockBus.start("")) {
      MockBus.Peer bluez = bus.startBluez(0);
      Page page = page(bus.address());
      RunningApp app = running;
      page.run(
          """
          await choose({ filters: [{ services: ['%1$s'] }] })
          await device.gatt.connect()
          globalThis.told = await characteristic('%1$s', '%2$s')
          globalThis.seen = { count: 0, last: -1, wrong: 0 }
          told.oncharacteristicvaluechanged = ({ target: { value } }) => {
            const number = value.getUint32(0)
            if (number <= seen.last || value.byteLength !== %3$d) seen.wrong++
            seen.last = number
            seen.count++
            // A millisecond of work for each: a tenth of what comes.
            for (const until = performance.now() + 1; performance.now() < until;);
          }
          await told.startNotifications()
          """
              .formatted(SERVICE, ContractPeer.NOTIFYING, BYTES));
      page.collectHostGarbage();
      long before = app.allocatedBytes();
      int rate = Integer.parseInt(bluez.tell("flood " + VALUES + " " + A_SECOND + " " + BYTES));
      page.collectHostGarbage();
      long after = app.allocatedBytes();
      page.await("seen.last === " + (VALUES - 1));
      JsonNode seen = page.evaluate("({ ...seen, dropped: device.gatt.droppedValues })");
      System.out.printf(
          "bluetooth: flood by D-Bus: %d values of %d bytes at %d/s: %s, %d MiB more%n",
          VALUES, BYTES, rate, seen, (after - before) >> 20);
      assertEquals(0, seen.path("wrong").asInt(), "in order, and whole");
      assertEquals(
          VALUES,
          seen.path("count").asInt() + seen.path("dropped").asInt(),
          "each is heard or counted");
      assertTrue(seen.path("dropped").asInt() > 0, "the page is too slow");
      assertTrue(after - before < MORE_BYTES, (after - before >> 20) + " MiB more");
      // Who keeps up with what comes loses nothing more.
      int lost = seen.path("dropped").asInt();
      page.run("seen.count = 0; seen.last = -1");
      bluez.tell("flood 500 100 20");
      page.await("seen.last === 499");
      assertEquals(
          "[500," + lost + "]",
          page.evaluate("[seen.count, device.gatt.droppedValues]").toString());
    }
  }

  private RunningApp running;

  private Page page(String bus) throws IOException {
    Path folder = temp.toRealPath().resolve("app");
    Layout.copyTree(Apps.named("bluetooth"), folder);
    Path ini = folder.resolve("socket.ini");
    Files.writeString(
        ini,
        Files.readString(ini)
            .replace(
                "simulation = devices.json",
                "bus = " + bus + "\nsimulation_choose = " + ContractPeer.NAME)
            .replace(
                "[bluetooth]",
                "policy[] = connect-src ipc://bluetooth/requestDevice/"
                    + SERVICE
                    + "\n\n[bluetooth]"));
    running = APPS.start(RunningApp.Start.of(folder).driven());
    Page page = running.page();
    page.await("document.documentElement?.dataset.ready === 'true'");
    return page;
  }
}
