package dev.dunlin.bt.bluez;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.bt.Adapter;
import dev.dunlin.bt.AdapterStatus.Reason;
import dev.dunlin.bt.AttributeRef;
import dev.dunlin.bt.BluetoothError;
import dev.dunlin.bt.BluetoothError.Kind;
import dev.dunlin.bt.Characteristic;
import dev.dunlin.bt.ConnectOptions;
import dev.dunlin.bt.Connection;
import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.PairingAgent;
import dev.dunlin.bt.Peripheral.GattServer;
import dev.dunlin.bt.Scan;
import dev.dunlin.bt.ScanOptions;
import dev.dunlin.bt.Service;
import dev.dunlin.bt.contract.ContractPeer;
import dev.dunlin.bt.contract.RealTime;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faults of a bus, of BlueZ and of its objects; and what BlueZ may ask of us. */
class BluezFaultsTest {
  private static final DeviceId PEER = new DeviceId("02:00:00:00:00:02");

  private final RealTime time = new RealTime();
  private final List<AutoCloseable> open = new ArrayList<>();
  @TempDir private Path folder;

  @BeforeEach
  void isThere() {
    MockBus.assumeThere();
  }

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
    time.close();
  }

  @Test
  void saysThatThereIsNoBusAndFindsOneThatComes() throws IOException {
    Adapter adapter = adapter("unix:path=" + folder.resolve("nowhere"), folder);
    assertEquals(Reason.NO_BUS, adapter.status().reason());
    assertTrue(adapter.status().message().contains("nowhere"), adapter.status().message());
    assertEquals(Reason.NO_BUS, time.await(adapter.refresh()).reason());
    assertEquals(Kind.NO_ADAPTER, failure(adapter.scan(ScanOptions.all())).kind());
  }

  @Test
  void saysThatTheServiceDoesNotRunAndSeesItStart() throws IOException {
    MockBus bus = bus("");
    Adapter adapter = adapter(bus.address(), folder);
    assertEquals(Reason.NO_DAEMON, adapter.status().reason());
    bus.startBluez(0);
    time.until("it is seen", () -> adapter.status().isReady());
  }

  @Test
  void saysThatThereIsNoAdapterAndSeesItPulled() throws IOException {
    MockBus bus = bus("");
    MockBus.Peer bluez = bus.startBluez(0);
    Adapter adapter = adapter(bus.address(), folder);
    Connection connection = connect(adapter);
    Scan scan = time.await(adapter.scan(ScanOptions.all()));
    bluez.tell("unplug");
    assertEquals(Kind.ADAPTER_GONE, failure(scan.events().ended()).kind());
    time.until("no adapter", () -> adapter.status().reason() == Reason.NO_ADAPTER);
    assertFalse(connection.isOpen());
  }

  @Test
  void saysThatRfkillBlocksIt() throws IOException {
    Path kill = Files.createDirectories(folder.resolve("rfkill0"));
    Files.writeString(kill.resolve("type"), "bluetooth\n");
    Files.writeString(kill.resolve("soft"), "1\n");
    Files.writeString(kill.resolve("hard"), "0\n");
    Path wifi = Files.createDirectories(folder.resolve("rfkill1"));
    Files.writeString(wifi.resolve("type"), "wlan\n");
    Files.writeString(wifi.resolve("soft"), "1\n");
    MockBus bus = bus("");
    MockBus.Peer bluez = bus.startBluez(0);
    bluez.tell("powered off");
    Adapter adapter = adapter(bus.address(), folder);
    assertEquals(Reason.BLOCKED, adapter.status().reason());
    Files.writeString(kill.resolve("soft"), "0\n");
    assertEquals(Reason.POWERED_OFF, time.await(adapter.refresh()).reason());
    bluez.tell("powered on");
    time.until("on", () -> adapter.status().isReady());
  }

  @Test
  void saysThatTheBusDeniesItAll() throws IOException {
    MockBus bus = bus("<deny send_destination=\"org.bluez\"/>");
    bus.startBluez(0);
    Adapter adapter = adapter(bus.address(), folder);
    assertEquals(Reason.ACCESS_DENIED, adapter.status().reason());
    assertTrue(adapter.status().cure().contains("bluetooth"), adapter.status().cure());
    assertEquals(Kind.DENIED, failure(adapter.scan(ScanOptions.all())).kind());
  }

  @Test
  void saysThatTheBusDeniesAScan() throws IOException {
    MockBus bus =
        bus("<deny send_destination=\"org.bluez\"" + " send_interface=\"org.bluez.Adapter1\"/>");
    bus.startBluez(0);
    Adapter adapter = adapter(bus.address(), folder);
    assertTrue(adapter.status().isReady());
    assertEquals(Kind.DENIED, failure(adapter.scan(ScanOptions.all())).kind());
    assertEquals(
        "hello",
        time.await(characteristic(connect(adapter), ContractPeer.VALUE).read()).toString());
  }

  @Test
  void survivesTheServicesCrashAndComesBack() throws Exception {
    MockBus bus = bus("");
    MockBus.Peer bluez = bus.startBluez(0);
    Adapter adapter = adapter(bus.address(), folder);
    Connection connection = connect(adapter);
    List<BluetoothError> lost = new CopyOnWriteArrayList<>();
    connection.onLost(lost::add);
    time.await(new ContractPeer().on(adapter.peripheral(), false));
    assertEquals("1 1 1", bluez.tell("calls"));
    Characteristic value = characteristic(connection, ContractPeer.VALUE);
    bluez.stop(true);
    Future<Buffer> reading = value.read();
    bluez.kill();
    assertEquals(Kind.ADAPTER_GONE, failure(reading).kind());
    time.until("told", () -> lost.size() == 1);
    assertEquals(Kind.ADAPTER_GONE, lost.get(0).kind());
    time.until("no service", () -> adapter.status().reason() == Reason.NO_DAEMON);
    assertEquals(Kind.NO_ADAPTER, failure(adapter.scan(ScanOptions.all())).kind());

    MockBus.Peer again = bus.startBluez(0);
    time.until("it is back", () -> adapter.status().isReady());
    AtomicReference<String> registered = new AtomicReference<>("");
    time.until(
        "application and advertisement are registered again",
        () -> {
          try {
            registered.set(again.tell("calls"));
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
          return registered.get().startsWith("1 1 ");
        });
    time.await(connection.open(ConnectOptions.once()));
    assertEquals(
        "hello", time.await(characteristic(connection, ContractPeer.VALUE).read()).toString());
    assertEquals(Kind.STALE, failure(value.read()).kind(), "a handle of before the crash");
  }

  @Test
  void failsWhatRunsWhenTheLinkBreaksOrTheDeviceIsRemoved() throws Exception {
    MockBus bus = bus("");
    MockBus.Peer bluez = bus.startBluez(0);
    Adapter adapter = adapter(bus.address(), folder);
    Connection connection = connect(adapter);
    Characteristic value = characteristic(connection, ContractPeer.VALUE);
    bluez.tell("fail Failed ATT error: 0x0e");
    Future<Buffer> reading = value.read();
    bluez.tell("drop");
    assertEquals(Kind.DISCONNECTED, failure(reading).kind());
    bluez.tell("fail");
    time.await(connection.open(ConnectOptions.once()));
    bluez.tell("remove");
    time.until("gone", () -> !connection.isOpen());
    assertEquals(Kind.NOT_FOUND, failure(connection.open(ConnectOptions.once())).kind());
  }

  @Test
  void failsADiscoveryDuringWhichTheDeviceIsRemoved() throws Exception {
    MockBus bus = bus("");
    MockBus.Peer bluez = bus.startBluez(0);
    Adapter adapter = adapter(bus.address(), folder);
    Connection connection = connect(adapter);
    bluez.tell("unresolve");
    time.until("not resolved", () -> bluezHasTaken(adapter));
    Future<List<Service>> discovering = connection.services();
    bluez.tell("remove");
    assertEquals(Kind.DISCONNECTED, failure(discovering).kind());
  }

  private boolean bluezHasTaken(Adapter adapter) {
    // What was sent before a refresh's answer is known when that one is.
    time.await(adapter.refresh());
    time.pass(java.time.Duration.ofMillis(100));
    return true;
  }

  @Test
  void refusesHandlesOfAServiceThatIsGone() throws Exception {
    MockBus bus = bus("");
    MockBus.Peer bluez = bus.startBluez(0);
    Adapter adapter = adapter(bus.address(), folder);
    Connection connection = connect(adapter);
    Service twin =
        time.await(connection.services()).stream()
            .filter(it -> it.uuid().equals(ContractPeer.TWIN))
            .findFirst()
            .orElseThrow();
    List<String> told = new CopyOnWriteArrayList<>();
    connection.onServicesChanged(() -> told.add("changed"));
    bluez.tell("drop-service");
    time.until("told", () -> !told.isEmpty());
    assertEquals(Kind.STALE, failure(twin.characteristics().get(0).read()).kind());
  }

  @Test
  void readsATableOfFiveHundredCharacteristics() throws Exception {
    MockBus bus = bus("");
    bus.startBluez(500);
    Adapter adapter = adapter(bus.address(), folder);
    Connection connection = connect(adapter);
    Service big =
        time.await(connection.services()).stream()
            .filter(it -> it.uuid().equals(ContractPeer.uuid(0x40)))
            .findFirst()
            .orElseThrow();
    assertEquals(500, big.characteristics().size());
    List<Future<Buffer>> reads = big.characteristics().stream().map(Characteristic::read).toList();
    for (int i = 0; i < 500; i++) {
      assertEquals((byte) i, time.await(reads.get(i)).getByte(0), "in the order of the handles");
    }
  }

  // --- what is asked of us

  @Test
  void exportsServicesAndAnswersReadsWithOffsetsFromOneSnapshot() throws Exception {
    MockBus bus = bus("");
    MockBus.Peer bluez = bus.startBluez(0);
    Adapter adapter = adapter(bus.address(), folder);
    ContractPeer peer = new ContractPeer();
    time.await(peer.on(adapter.peripheral(), true));
    String objects = bluez.tell("objects");
    assertTrue(
        objects.contains("/service0/char0=" + ContractPeer.VALUE)
            && objects.contains("/service0/char0/desc0=" + ContractPeer.DESCRIPTION)
            && objects.contains("/service2=" + ContractPeer.TWIN),
        objects);
    assertEquals("Contract " + ContractPeer.SERVICE + " 010203", bluez.tell("advertised"));
    assertEquals("68656c6c6f", bluez.tell("read /service0/char0 0"));
    String whole = bluez.tell("read /service0/char1 0");
    assertEquals(1024, whole.length());
    bluez.tell("write /service0/char1 ffff");
    assertEquals(whole.substring(126), bluez.tell("read /service0/char1 63"), "of what was begun");
    assertEquals("ffff", bluez.tell("read /service0/char1 0"));
    assertEquals("", bluez.tell("read /service0/char1 2"));
    assertTrue(
        bluez.ask("read /service0/char1 3").startsWith("no org.bluez.Error.InvalidOffset"),
        "beyond the end");
    assertTrue(bluez.ask("read /service0/char5 0").startsWith("no org.bluez.Error.NotAuthorized"));
    assertTrue(
        bluez.ask("read /service0/char99 0").startsWith("no org.freedesktop"), "no such one");
  }

  @Test
  void sendsNotificationsToBluezWhenSomebodySubscribed() throws Exception {
    MockBus bus = bus("");
    MockBus.Peer bluez = bus.startBluez(0);
    Adapter adapter = adapter(bus.address(), folder);
    GattServer server =
        time.await(adapter.peripheral().serve(ContractPeer.services(false), new ContractPeer()));
    AttributeRef notifying = AttributeRef.of(0, 2);
    time.await(server.notify(notifying, Buffer.buffer("nobody")));
    bluez.tell("subscribe /service0/char2");
    time.until("subscribed", () -> server.isSubscribed(notifying));
    time.await(server.notify(notifying, Buffer.buffer("one")));
    time.until(
        "sent",
        () -> {
          try {
            return bluez.tell("sent").equals("6f6e65");
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
    time.await(server.stop());
    assertEquals("0 0 1", bluez.tell("calls"));
  }

  @Test
  void asksThePersonAboutPairing() throws Exception {
    MockBus bus = bus("");
    MockBus.Peer bluez = bus.startBluez(0);
    Adapter adapter = adapter(bus.address(), folder);
    connect(adapter);
    assertTrue(bluez.ask("confirm 123456").startsWith("no org.bluez.Error.Rejected"));
    List<PairingAgent.Question> asked = new CopyOnWriteArrayList<>();
    adapter.setPairingAgent(
        question -> {
          asked.add(question);
          return Future.succeededFuture(new PairingAgent.Answer.Yes());
        });
    bluez.tell("confirm 123456");
    assertEquals(
        List.of(new PairingAgent.Question.ConfirmPasskey(adapter.device(PEER), 123456)),
        List.copyOf(asked));
  }

  @Test
  void pairsOrSaysThatItWasRefused() throws Exception {
    MockBus bus = bus("");
    MockBus.Peer bluez = bus.startBluez(0);
    Adapter adapter = adapter(bus.address(), folder);
    Connection connection = connect(adapter);
    bluez.tell("fail AuthenticationRejected no");
    assertEquals(Kind.NOT_PAIRED, failure(connection.device().pair()).kind());
    bluez.tell("fail");
    time.await(connection.device().pair());
    time.until("paired", () -> connection.device().isPaired());
  }

  @Test
  void doesNotBelieveOrAnswerSomebodyWhoIsNotBluez() throws Exception {
    MockBus bus = bus("");
    bus.startBluez(0);
    Adapter adapter = adapter(bus.address(), folder);
    Connection connection = connect(adapter);
    time.await(new ContractPeer().on(adapter.peripheral(), false));
    List<String> answers = new Impostor(bus.address()).tries();
    assertEquals(
        List.of("org.bluez.Error.NotAuthorized", "org.bluez.Error.NotAuthorized"), answers);
    time.pass(java.time.Duration.ofMillis(200));
    assertTrue(adapter.status().isReady(), "a forged 'off' is not believed");
    assertTrue(connection.isOpen(), "a forged 'disconnected' is not believed");
    assertEquals(
        "hello", time.await(characteristic(connection, ContractPeer.VALUE).read()).toString());
  }

  // --- parts

  private MockBus bus(String rule) throws IOException {
    MockBus bus = MockBus.start(rule);
    open.add(bus);
    return bus;
  }

  private Adapter adapter(String address, Path rfkill) {
    Adapter adapter =
        time.await(
            Adapter.open(
                BluezDriver.create(time.scheduler()).onBus(address).withRfkill(rfkill),
                time.scheduler()));
    open.add(() -> time.await(adapter.close()));
    return adapter;
  }

  private Connection connect(Adapter adapter) {
    return time.await(adapter.device(PEER).connect(ConnectOptions.once()));
  }

  private Characteristic characteristic(Connection connection, UUID uuid) {
    return time.await(connection.services()).stream()
        .flatMap(service -> service.characteristics().stream())
        .filter(it -> it.uuid().equals(uuid))
        .findFirst()
        .orElseThrow();
  }

  private BluetoothError failure(Future<?> future) {
    return assertThrows(BluetoothError.class, () -> time.await(future));
  }
}
