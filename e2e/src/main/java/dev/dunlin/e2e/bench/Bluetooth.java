package dev.dunlin.e2e.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bt.Adapter;
import dev.dunlin.bt.AdvertisingData;
import dev.dunlin.bt.AttributeRef;
import dev.dunlin.bt.GattHandler;
import dev.dunlin.bt.Peripheral.GattServer;
import dev.dunlin.bt.Property;
import dev.dunlin.bt.ServiceSpec;
import dev.dunlin.bt.ServiceSpec.CharacteristicSpec;
import dev.dunlin.bt.bluez.BluezDriver;
import dev.dunlin.e2e.Desktop;
import dev.dunlin.e2e.Layout;
import dev.dunlin.e2e.Page;
import dev.dunlin.e2e.RunningApp;
import dev.dunlin.e2e.bench.PlainBluez.GattCharacteristic1;
import dev.dunlin.e2e.bluetooth.BluetoothMachine;
import dev.dunlin.scheduler.Clock;
import dev.dunlin.scheduler.EventLoops;
import dev.dunlin.scheduler.Lane;
import dev.dunlin.scheduler.VertxScheduler;
import dev.dunlin.shell.Trees;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.freedesktop.dbus.exceptions.DBusException;

/**
 * A page as central, and the same calls by dbus-java alone, both with the same peripheral of ours,
 * on the two controllers of one {@link BluetoothMachine}. Most of the time is that machine's, which
 * is emulated: what counts is the difference between the two.
 */
final class Bluetooth implements AutoCloseable {
  static final int READS = 200;
  static final int NOTIFICATIONS = 2_000;
  static final int RUNS = 5;

  private static final String CENTRAL = "hci0";
  private static final String PERIPHERAL = "hci1";
  private static final String ADDRESS = BluetoothMachine.ADDRESSES.get(1);
  private static final UUID SERVICE = UUID.fromString("5b1f0001-7c3e-4a52-9d2c-6a8e5f2b1c00");
  private static final UUID VALUE = UUID.fromString("5b1f0002-7c3e-4a52-9d2c-6a8e5f2b1c00");
  private static final UUID TOLD = UUID.fromString("5b1f0003-7c3e-4a52-9d2c-6a8e5f2b1c00");
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final String SIMULATION = "simulation = devices.json";
  private static final String CHOOSER = "Pulse wants to use a Bluetooth device";

  /** Names and samples, by who did it. */
  record Samples(List<Double> connectMs, List<Double> readMs, List<Double> notificationsPerSecond) {
    Samples() {
      this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }
  }

  private final Clock clock;
  private final BluetoothMachine machine;
  private final Vertx vertx = EventLoops.create();
  private final Adapter peripheral;
  private final Teller teller = new Teller();

  Bluetooth(Clock clock) {
    this.clock = clock;
    this.machine = BluetoothMachine.start();
    machine.power(0, true);
    machine.power(1, true);
    VertxScheduler scheduler = new VertxScheduler(vertx, Lane.create(vertx, "peripheral"));
    this.peripheral =
        await(
            Adapter.open(
                BluezDriver.create(scheduler).onBus(machine.busAddress()).withAdapter(PERIPHERAL),
                scheduler));
    teller.server =
        Optional.of(
            await(
                peripheral
                    .peripheral()
                    .serve(
                        List.of(
                            new ServiceSpec(
                                SERVICE,
                                List.of(
                                    new CharacteristicSpec(VALUE, Set.of(Property.READ), List.of()),
                                    new CharacteristicSpec(
                                        TOLD, Set.of(Property.NOTIFY), List.of())))),
                        teller)));
    await(
        peripheral
            .peripheral()
            .advertise(
                new AdvertisingData(Optional.of("Bench"), List.of(SERVICE), Map.of(), Map.of())));
  }

  /** Sends its notifications to who subscribes, each time. */
  private static final class Teller implements GattHandler {
    private volatile Optional<GattServer> server = Optional.empty();

    @Override
    public Future<Buffer> read(Request request) {
      return Future.succeededFuture(Buffer.buffer(new byte[20]));
    }

    @Override
    public Future<Void> write(Request request, Buffer value) {
      return Future.succeededFuture();
    }

    @Override
    public void subscribed(AttributeRef characteristic, boolean subscribed) {
      if (subscribed) {
        for (int i = 0; i < NOTIFICATIONS; i++) {
          server.orElseThrow().notify(characteristic, Buffer.buffer().appendInt(i));
        }
      }
    }
  }

  private static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  private double msSince(Duration begin) {
    return clock.now().minus(begin).toNanos() / 1e6;
  }

  // ---- dbus-java alone

  Samples plain() throws DBusException, InterruptedException {
    Samples samples = new Samples();
    try (PlainBluez bluez = new PlainBluez(machine.busAddress(), CENTRAL)) {
      String device = bluez.find(ADDRESS);
      for (int run = 0; run < RUNS; run++) {
        if (run > 0) {
          bluez.disconnect(device);
        }
        Duration begin = clock.now();
        bluez.connect(device);
        samples.connectMs.add(msSince(begin));
      }
      GattCharacteristic1 value =
          bluez.characteristic(bluez.characteristic(device, VALUE.toString()));
      for (int i = 0; i < READS; i++) {
        Duration begin = clock.now();
        value.ReadValue(Map.of());
        samples.readMs.add(msSince(begin));
      }
      String path = bluez.characteristic(device, TOLD.toString());
      GattCharacteristic1 told = bluez.characteristic(path);
      for (int run = 0; run < RUNS; run++) {
        samples.notificationsPerSecond.add(flood(bluez, told, path));
      }
      bluez.disconnect(device);
    }
    return samples;
  }

  private double flood(PlainBluez bluez, GattCharacteristic1 told, String path)
      throws InterruptedException {
    CountDownLatch all = new CountDownLatch(NOTIFICATIONS);
    AtomicLong first = new AtomicLong(-1);
    AtomicLong last = new AtomicLong();
    bluez.onValue(
        from -> {
          if (from.equals(path)) {
            long now = clock.now().toNanos();
            first.compareAndSet(-1, now);
            last.set(now);
            all.countDown();
          }
        });
    told.StartNotify();
    boolean heard = all.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    told.StopNotify();
    if (!heard) {
      throw new IllegalStateException("only " + (NOTIFICATIONS - all.getCount()) + " came");
    }
    return (NOTIFICATIONS - 1) * 1e9 / (last.get() - first.get());
  }

  // ---- a page

  /**
   * @param app folder of the app of the suites
   */
  Samples page(Path app) throws IOException {
    Path folder = Files.createTempDirectory("dunlin-bench");
    try (Desktop desktop = Desktop.start()) {
      Layout.copySources(app, folder);
      Path settings = folder.resolve("socket.ini");
      String real = "bus = " + machine.busAddress() + "\nadapter = " + CENTRAL;
      Files.writeString(settings, Files.readString(settings).replace(SIMULATION, real));
      RunningApp running =
          RunningApp.Start.of(folder)
              .withWords()
              .driven()
              .variable("DISPLAY", desktop.name())
              .variable("XAUTHORITY", desktop.authority())
              .start();
      try {
        return measure(desktop, running);
      } finally {
        running.close();
      }
    } finally {
      Trees.delete(folder);
    }
  }

  private static Samples measure(Desktop desktop, RunningApp running) {
    running.await(desktop::isManaged, "the window manager", RunningApp.SOON);
    Page page = running.page();
    page.await("document.documentElement?.dataset.ready === 'true'");
    page.evaluate("onClick(() => choose({filters: [{services: ['" + SERVICE + "']}]}))");
    page.click("#try");
    running.await(
        () -> desktop.window(CHOOSER).filter(Desktop.Seen::isActive).isPresent(),
        "the chooser",
        PATIENCE);
    page.awaitDialog(
        named -> named.stream().anyMatch(row -> row.contains("Bench, ")),
        "the device in the chooser");
    page.press("\u2193\r");
    page.evaluate("clicked", PATIENCE);
    JsonNode seen =
        page.run(
            """
            const connectMs = [], readMs = [], notificationsPerSecond = []
            for (let run = 0; run < %1$d; run++) {
              if (run > 0) {
                const gone = new Promise(done => device.addEventListener('gattserverdisconnected', done, { once: true }))
                device.gatt.disconnect()
                await gone
                // BlueZ ends the link two seconds after it was given up.
                await new Promise(next => setTimeout(next, 3000))
              }
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
            const told = await characteristic('%2$s', '%5$s')
            for (let run = 0; run < %1$d; run++) {
              let first = -1, last = -1, count = 0
              const all = new Promise(done => {
                told.oncharacteristicvaluechanged = () => {
                  last = performance.now()
                  if (first < 0) first = last
                  if (++count === %6$d) done()
                }
              })
              const dropped = device.gatt.droppedValues
              await told.startNotifications()
              await all
              await told.stopNotifications()
              if (device.gatt.droppedValues !== dropped) throw new Error('values were dropped')
              notificationsPerSecond.push((%6$d - 1) * 1000 / (last - first))
            }
            return { connectMs, readMs, notificationsPerSecond }
            """
                .formatted(RUNS, SERVICE, VALUE, READS, TOLD, NOTIFICATIONS),
            PATIENCE);
    return new Samples(
        Bench.numbers(seen.path("connectMs")),
        Bench.numbers(seen.path("readMs")),
        Bench.numbers(seen.path("notificationsPerSecond")));
  }

  @Override
  public void close() {
    await(peripheral.close());
    await(vertx.close());
    machine.close();
  }
}
