package dev.dunlin.e2e.bench;

import dev.dunlin.e2e.Layout;
import dev.dunlin.e2e.Page;
import dev.dunlin.e2e.RunningApp;
import dev.dunlin.e2e.bench.Bluetooth.Samples;
import dev.dunlin.e2e.bench.PlainBluez.GattCharacteristic1;
import dev.dunlin.scheduler.Clock;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.ParentDeath;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import dev.dunlin.shell.Trees;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.freedesktop.dbus.exceptions.DBusException;

/**
 * As {@link Bluetooth}, on a private D-Bus whose BlueZ is python3-dbusmock: without a radio and
 * without an emulated machine, so that it is the host's own work that is measured.
 */
final class BluetoothBus implements AutoCloseable {
  static final int READS = 200;
  static final int NOTIFICATIONS = 5_000;
  static final int RUNS = 5;

  private static final int BYTES = 20;
  private static final String ADDRESS = "02:00:00:00:00:02";
  private static final String UUIDS = "12345678-1234-5678-1234-56789abcde";
  private static final String SERVICE = UUIDS + "00";
  private static final String VALUE = UUIDS + "01";
  private static final String TOLD = UUIDS + "03";
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** As fast as it can. */
  private static final String FLOOD = "flood " + NOTIFICATIONS + " 1000000 " + BYTES;

  private final Clock clock;
  private final Path folder;
  private final String address;
  private final ChildProcess daemon;
  private final ChildProcess bluez;
  private final BufferedReader answers;

  /**
   * @param home this project's folder
   */
  BluetoothBus(Clock clock, Path home) throws IOException {
    this.clock = clock;
    this.folder = Files.createTempDirectory("dunlin-bench-bus");
    this.address = "unix:path=" + folder.resolve("bus");
    this.daemon =
        launch("dbus-daemon", "--session", "--nofork", "--print-address=1", "--address=" + address);
    reader(daemon).readLine();
    Path peer = home.resolve("bt/src/test/resources/dev/dunlin/bt/bluez/peer.py");
    this.bluez = launch("/usr/bin/python3", peer.toString(), "0", address);
    this.answers = reader(bluez);
    if (!"ready".equals(answers.readLine())) {
      close();
      throw new IOException("dbusmock does not start: apt-get install python3-dbusmock dbus");
    }
  }

  private static ChildProcess launch(String... argv) {
    return ProcessStarter.get()
        .start(
            ProcessSpec.of(argv)
                .withStdio(Stdio.PIPE, Stdio.PIPE, Stdio.NULL)
                .withParentDeath(ParentDeath.DIE_WITH_GROUP))
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  private static BufferedReader reader(ChildProcess of) {
    return new BufferedReader(new InputStreamReader(of.stdout(), StandardCharsets.UTF_8));
  }

  private void tell(String command) throws IOException {
    OutputStream in = bluez.stdin();
    in.write((command + "\n").getBytes(StandardCharsets.UTF_8));
    in.flush();
    String answer = answers.readLine();
    if (answer == null || !answer.startsWith("ok")) {
      throw new IOException(command + ": " + answer);
    }
  }

  private double msSince(Duration begin) {
    return clock.now().minus(begin).toNanos() / 1e6;
  }

  Samples plain() throws DBusException, InterruptedException, IOException {
    Samples samples = new Samples();
    try (PlainBluez plain = new PlainBluez(address, "hci0")) {
      String device = plain.find(ADDRESS);
      for (int run = 0; run < RUNS; run++) {
        Duration begin = clock.now();
        plain.connect(device);
        samples.connectMs().add(msSince(begin));
        if (run < RUNS - 1) {
          plain.disconnect(device);
        }
      }
      GattCharacteristic1 value = plain.characteristic(plain.characteristic(device, VALUE));
      for (int i = 0; i < READS; i++) {
        Duration begin = clock.now();
        value.ReadValue(Map.of());
        samples.readMs().add(msSince(begin));
      }
      String path = plain.characteristic(device, TOLD);
      plain.characteristic(path).StartNotify();
      for (int run = 0; run < RUNS; run++) {
        CountDownLatch all = new CountDownLatch(NOTIFICATIONS);
        AtomicLong first = new AtomicLong(-1);
        AtomicLong last = new AtomicLong();
        plain.onValue(
            from -> {
              long now = clock.now().toNanos();
              first.compareAndSet(-1, now);
              last.set(now);
              all.countDown();
            });
        tell(FLOOD);
        if (!all.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
          throw new IllegalStateException("only " + (NOTIFICATIONS - all.getCount()) + " came");
        }
        samples
            .notificationsPerSecond()
            .add((NOTIFICATIONS - 1) * 1e9 / (last.get() - first.get()));
      }
      plain.characteristic(path).StopNotify();
      plain.disconnect(device);
    }
    return samples;
  }

  /**
   * @param app folder of the app of the suites
   */
  Samples page(Path app) throws IOException {
    Path copy = folder.resolve("app");
    Layout.copySources(app, copy);
    Path settings = copy.resolve("socket.ini");
    Files.writeString(
        settings,
        Files.readString(settings)
            .replace(
                "simulation = devices.json", "bus = " + address + "\nsimulation_choose = Contract")
            .replace(
                "[bluetooth]",
                "policy[] = connect-src ipc://bluetooth/requestDevice/"
                    + SERVICE
                    + "\n\n[bluetooth]"));
    RunningApp running = RunningApp.Start.of(copy).driven().start();
    try {
      return measure(running.page());
    } finally {
      running.close();
    }
  }

  private Samples measure(Page page) throws IOException {
    page.await("document.documentElement?.dataset.ready === 'true'");
    Samples samples = new Samples();
    var seen =
        page.run(
            """
            await choose({ filters: [{ services: ['%2$s'] }] })
            const connectMs = [], readMs = []
            for (let run = 0; run < %1$d; run++) {
              if (run > 0) device.gatt.disconnect()
              const begin = performance.now()
              await device.gatt.connect()
              await device.gatt.getPrimaryServices()
              connectMs.push(performance.now() - begin)
            }
            const value = await characteristic('%2$s', '%3$s')
            for (let i = 0; i < %4$d; i++) {
              const begin = performance.now()
              await value.readValue()
              readMs.push(performance.now() - begin)
            }
            globalThis.told = await characteristic('%2$s', '%5$s')
            await told.startNotifications()
            return { connectMs, readMs }
            """
                .formatted(RUNS, SERVICE, VALUE, READS, TOLD),
            PATIENCE);
    samples.connectMs().addAll(Bench.numbers(seen.path("connectMs")));
    samples.readMs().addAll(Bench.numbers(seen.path("readMs")));
    for (int run = 0; run < RUNS; run++) {
      page.evaluate(
          """
          globalThis.rate = new Promise(done => {
            const { droppedValues } = device.gatt
            let first = -1, count = 0
            told.oncharacteristicvaluechanged = ({ target: { value } }) => {
              const now = performance.now()
              if (first < 0) first = now
              count++
              // What was dropped is told before the last.
              if (value.getUint32(0) === %1$d - 1) done({ rate: (count - 1) * 1000 / (now - first), dropped: device.gatt.droppedValues - droppedValues, count })
            }
          }); true
          """
              .formatted(NOTIFICATIONS));
      tell(FLOOD);
      var heard = page.evaluate("rate", PATIENCE);
      if (heard.path("count").asInt() + heard.path("dropped").asInt() != NOTIFICATIONS) {
        throw new IllegalStateException("neither heard nor counted: " + heard);
      }
      samples.notificationsPerSecond().add(heard.path("rate").asDouble());
    }
    return samples;
  }

  @Override
  public void close() {
    for (ChildProcess child : new ChildProcess[] {bluez, daemon}) {
      if (child != null) {
        child.killTree();
      }
    }
    try {
      Trees.delete(folder);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
