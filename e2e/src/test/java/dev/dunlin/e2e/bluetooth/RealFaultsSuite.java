package dev.dunlin.e2e.bluetooth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.bt.AdapterStatus;
import dev.dunlin.bt.BluetoothError;
import dev.dunlin.bt.BluetoothError.Kind;
import dev.dunlin.bt.Characteristic;
import dev.dunlin.bt.Characteristic.Notifications;
import dev.dunlin.bt.Characteristic.WriteMode;
import dev.dunlin.bt.Connection;
import dev.dunlin.bt.Device;
import dev.dunlin.bt.PairingAgent;
import dev.dunlin.bt.Scan;
import dev.dunlin.bt.ScanFilter;
import dev.dunlin.bt.ScanOptions;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What goes wrong with a real bluetoothd and real links, and what only they show. */
@Tag("bluetooth")
class RealFaultsSuite {
  private static final int WAITING = 20;
  private static final int FLOOD = 2000;

  @RegisterExtension static final OneMachine MACHINE = new OneMachine();

  private TwoRadios radios;
  private RealPeer peer;

  private void open() {
    radios = new TwoRadios(MACHINE.get());
    peer = new RealPeer();
    radios.await(peer.on(radios.peripheral().peripheral()));
  }

  @AfterEach
  void close() {
    if (radios != null) {
      radios.close();
    }
  }

  // --- what is lost while something is read

  @Test
  void aReadFailsWhenTheDaemonIsKilledAndAllIsThereAgainWhenItComesBackLate() {
    open();
    Connection connection = connect();
    List<BluetoothError> lost = lost(connection);
    List<Future<Buffer>> reads = hangingReads(connection);
    try {
      MACHINE.get().hold();
      assertEquals(Kind.ADAPTER_GONE, lastFailure(reads));
      radios.until("both know", () -> isGone(radios.central()) && isGone(radios.peripheral()));
      radios.until("the link is told to be gone", () -> lost.size() == 1);
      assertEquals(Kind.NO_ADAPTER, failure(radios.central().scan(ScanOptions.all())));
      assertFalse(radios.central().status().cure().isEmpty());
    } finally {
      MACHINE.get().release();
    }
    readsAgain();
  }

  private static boolean isGone(dev.dunlin.bt.Adapter adapter) {
    return adapter.status().reason() == AdapterStatus.Reason.NO_DAEMON;
  }

  @Test
  void aReadFailsWhenTheAdapterIsSwitchedOffAndWorksWhenItIsOnAgain() {
    open();
    Connection connection = connect();
    List<BluetoothError> lost = lost(connection);
    List<Future<Buffer>> reads = hangingReads(connection);
    MACHINE.get().power(0, false);
    Kind kind = lastFailure(reads);
    assertTrue(Set.of(Kind.ADAPTER_OFF, Kind.DISCONNECTED).contains(kind), kind.toString());
    radios.until("the link is told to be gone", () -> lost.size() == 1);
    MACHINE.get().power(0, true);
    readsAgain();
  }

  /** Of which bluetoothd 5.66 dies itself: it owes the link an answer. */
  @Test
  void aReadFailsWhenThePeripheralDropsTheLinkAndAllIsThereAgainEvenIfTheDaemonCrashedOfIt() {
    open();
    Connection connection = connect();
    List<BluetoothError> lost = lost(connection);
    List<Future<Buffer>> reads = hangingReads(connection);
    int starts = MACHINE.get().daemonStarts();
    MACHINE
        .get()
        .tell(
            "busctl call org.bluez /org/bluez/hci1/dev_"
                + BluetoothMachine.ADDRESSES.get(0).replace(':', '_')
                + " org.bluez.Device1 Disconnect || true");
    Kind kind = lastFailure(reads);
    assertTrue(Set.of(Kind.ADAPTER_GONE, Kind.DISCONNECTED).contains(kind), kind.toString());
    radios.until("the link is told to be gone", () -> lost.size() == 1);
    MACHINE.get().tell("await has_adapters");
    System.out.println(
        "bluetooth: when a link broke in the middle of a read, bluetoothd crashed "
            + (MACHINE.get().daemonStarts() - starts)
            + " times");
    readsAgain();
  }

  @Test
  void aScanEndsWhenTheAdapterIsPulledOutAndAllIsThereAgainWhenItIsPutIn() {
    open();
    Connection connection = connect();
    List<BluetoothError> lost = lost(connection);
    Scan scan = radios.await(radios.central().scan(ScanOptions.all()));
    try {
      MACHINE.get().unplug();
      // BlueZ switches it off before it takes it away.
      Kind kind = failure(scan.events().ended());
      assertTrue(Set.of(Kind.ADAPTER_OFF, Kind.ADAPTER_GONE).contains(kind), kind.toString());
      radios.until("the link is told to be gone", () -> lost.size() == 1);
      radios.until(
          "there is no adapter",
          () -> radios.central().status().reason() == AdapterStatus.Reason.NO_ADAPTER);
    } finally {
      MACHINE.get().plug();
    }
    MACHINE.get().power(0, true);
    MACHINE.get().power(1, true);
    readsAgain();
  }

  // --- values

  @Test
  void longValuesPassThroughSmallPacketsWhole() {
    MACHINE.get().reset(64, 1);
    try {
      open();
      Connection connection = connect();
      // BlueZ tells it with the characteristics, once they are known.
      Characteristic value = characteristic(connection, RealPeer.LONG);
      assertEquals(64, radios.await(connection.mtu()).orElseThrow());
      assertEquals(RealPeer.pattern(512, 0), radios.await(value.read()));
      radios.await(
          value.write(RealPeer.pattern(radios.longestWrite(), 7), WriteMode.WITH_RESPONSE));
      assertEquals(RealPeer.pattern(radios.longestWrite(), 7), radios.await(value.read()));
      assertEquals(
          Kind.INVALID_LENGTH,
          failure(value.write(Buffer.buffer(new byte[513]), WriteMode.WITH_RESPONSE)));
      assertEquals(RealPeer.pattern(radios.longestWrite(), 7), radios.await(value.read()));
      // Each packet of a long read is another request to the peer, whose value changes each time.
      Characteristic changing = characteristic(connection, RealPeer.CHANGING);
      for (int i = 0; i < 3; i++) {
        Buffer read = radios.await(changing.read());
        assertEquals(512, read.length());
        assertEquals(1, new TreeSet<>(bytes(read)).size(), "parts of two values: " + read);
      }
    } finally {
      radios.close();
      radios = null;
      MACHINE.get().reset();
    }
  }

  private static List<Byte> bytes(Buffer buffer) {
    List<Byte> bytes = new ArrayList<>();
    for (int i = 0; i < buffer.length(); i++) {
      bytes.add(buffer.getByte(i));
    }
    return bytes;
  }

  @Test
  void aReadIsNoNotification() {
    open();
    Connection connection = connect();
    Characteristic both = characteristic(connection, RealPeer.BOTH);
    Notifications notifications = radios.await(both.subscribe());
    List<Buffer> heard = new CopyOnWriteArrayList<>();
    notifications.events().listen(heard::add);
    assertEquals(RealPeer.pattern(2, 0), radios.await(both.read()));
    radios.aSecond();
    assertEquals(List.of(), heard);
    radios.until("subscribed", () -> peer.hasSubscribers(RealPeer.BOTH));
    radios.await(peer.notify(RealPeer.BOTH, Buffer.buffer("told")));
    radios.until("the value is heard", () -> heard.size() == 1);
    assertEquals("told", heard.get(0).toString());
  }

  @Test
  void aFloodOfNotificationsComesWholeOverOneChannel() {
    flood(1);
  }

  /** Where they overtake each other. */
  @Test
  void aFloodOfNotificationsComesWholeOverThreeChannels() {
    flood(3);
  }

  private void flood(int channels) {
    MACHINE.get().reset(517, channels);
    open();
    Connection connection = connect();
    Notifications notifications =
        radios.await(characteristic(connection, RealPeer.BOTH).subscribe());
    ConcurrentLinkedQueue<Integer> heard = new ConcurrentLinkedQueue<>();
    notifications.events().listen(value -> heard.add(value.getUnsignedShort(0)));
    radios.until("subscribed", () -> peer.hasSubscribers(RealPeer.BOTH));
    for (int i = 0; i < FLOOD; i++) {
      peer.notify(RealPeer.BOTH, Buffer.buffer().appendUnsignedShort(i));
    }
    radios.until(
        "all heard or counted", () -> heard.size() + notifications.events().dropped() == FLOOD);
    assertEquals(heard.size(), new TreeSet<>(heard).size(), "one came twice");
    int[] late = {0, -1};
    heard.forEach(
        number -> {
          late[0] += number < late[1] ? 1 : 0;
          late[1] = Math.max(late[1], number);
        });
    System.out.printf(
        "bluetooth: flood over %d channels: %d heard, %d dropped and counted, %d overtaken%n",
        channels, heard.size(), notifications.events().dropped(), late[0]);
    radios.aSecond();
    assertEquals(FLOOD, heard.size() + notifications.events().dropped(), "nothing comes twice");
  }

  // --- pairing

  @Test
  void aPersonsNoToPairingKeepsTheSecret() {
    pairing(new PairingAgent.Answer.No());
  }

  @Test
  void aPersonsYesToPairingTellsTheSecret() {
    pairing(new PairingAgent.Answer.Yes());
  }

  private void pairing(PairingAgent.Answer answer) {
    open();
    List<PairingAgent.Question> asked = new CopyOnWriteArrayList<>();
    for (dev.dunlin.bt.Adapter adapter : List.of(radios.central(), radios.peripheral())) {
      adapter.setPairingAgent(
          question -> {
            asked.add(question);
            return Future.succeededFuture(answer);
          });
    }
    Connection connection = connect();
    Characteristic secret = characteristic(connection, RealPeer.SECRET);
    if (answer instanceof PairingAgent.Answer.Yes) {
      assertEquals("secret", radios.await(secret.read()).toString());
      radios.until("paired", () -> connection.device().isPaired());
    } else {
      Kind kind = failure(secret.read());
      assertTrue(
          Set.of(Kind.NOT_PAIRED, Kind.NOT_AUTHORIZED, Kind.DISCONNECTED, Kind.FAILED)
              .contains(kind),
          kind.toString());
      assertFalse(connection.device().isPaired());
    }
    assertFalse(asked.isEmpty(), "nobody was asked");
  }

  // --- parts

  private Connection connect() {
    Scan scan =
        radios.await(radios.central().scan(ScanOptions.of(ScanFilter.service(RealPeer.SERVICE))));
    ConcurrentLinkedQueue<Device> found = new ConcurrentLinkedQueue<>();
    scan.events().listen(seen -> found.add(radios.central().device(seen.device())));
    radios.until("the peer is heard", () -> !found.isEmpty());
    radios.await(scan.stop());
    return radios.await(found.peek().connect(radios.connecting()));
  }

  /** What works in the end shows that all was registered again, on both sides. */
  private void readsAgain() {
    radios.until(
        "both are ready",
        () -> radios.central().status().isReady() && radios.peripheral().status().isReady());
    Connection again = connect();
    assertEquals(
        RealPeer.pattern(512, 0), radios.await(characteristic(again, RealPeer.LONG).read()));
  }

  private static List<BluetoothError> lost(Connection connection) {
    List<BluetoothError> lost = new CopyOnWriteArrayList<>();
    connection.onLost(lost::add);
    return lost;
  }

  /**
   * Reads that the peer never answers, one after the other: whenever the fault comes, it is in the
   * middle of one. Returns when the peer was asked.
   */
  private List<Future<Buffer>> hangingReads(Connection connection) {
    Characteristic hanging = characteristic(connection, RealPeer.HANGING);
    List<Future<Buffer>> reads = new ArrayList<>();
    for (int i = 0; i < WAITING; i++) {
      reads.add(hanging.read());
    }
    radios.until("the peer is asked", () -> peer.hanging() > 0);
    return reads;
  }

  /** All fail, those before the fault because nobody answered. */
  private Kind lastFailure(List<Future<Buffer>> reads) {
    List<Kind> kinds = reads.stream().map(this::failure).toList();
    return kinds.get(kinds.size() - 1);
  }

  private Characteristic characteristic(Connection connection, UUID uuid) {
    return radios.await(connection.services()).stream()
        .filter(service -> service.uuid().equals(RealPeer.SERVICE))
        .flatMap(service -> service.characteristics().stream())
        .filter(it -> it.uuid().equals(uuid))
        .findFirst()
        .orElseThrow();
  }

  private Kind failure(Future<?> future) {
    return assertThrows(BluetoothError.class, () -> radios.await(future)).kind();
  }
}
