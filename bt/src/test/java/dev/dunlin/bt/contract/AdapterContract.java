package dev.dunlin.bt.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dunlin.bt.AdapterStatus;
import dev.dunlin.bt.Advertisement;
import dev.dunlin.bt.BluetoothError;
import dev.dunlin.bt.BluetoothError.Kind;
import dev.dunlin.bt.Characteristic;
import dev.dunlin.bt.Characteristic.Notifications;
import dev.dunlin.bt.Characteristic.WriteMode;
import dev.dunlin.bt.ConnectOptions;
import dev.dunlin.bt.Connection;
import dev.dunlin.bt.Descriptor;
import dev.dunlin.bt.Device;
import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.PairingAgent;
import dev.dunlin.bt.Property;
import dev.dunlin.bt.Scan;
import dev.dunlin.bt.ScanFilter;
import dev.dunlin.bt.ScanOptions;
import dev.dunlin.bt.Service;
import dev.dunlin.bt.contract.Fixture.Feature;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every stack holds, on a {@link ContractPeer}. */
public abstract class AdapterContract {
  private static final UUID NOBODYS = ContractPeer.uuid(0xee);

  /** Values sent at once: a flood is many of these, one heard before the next is sent. */
  private static final int BURST = 50;

  private Fixture fixture;

  /** A peer of its own for each test. */
  protected abstract Fixture open() throws Exception;

  protected final Fixture fixture() {
    return fixture;
  }

  @BeforeEach
  final void openTheFixture() throws Exception {
    fixture = open();
  }

  @AfterEach
  final void closeTheFixture() {
    if (fixture != null) {
      fixture.close();
    }
  }

  // --- the adapter

  @Test
  void isReadyAndHasAnAddress() {
    AdapterStatus status = fixture.central().status();
    assertTrue(status.isReady(), status.toString());
    assertFalse(status.address().isEmpty());
  }

  @Test
  void findsADeviceByItsService() {
    Scan scan = scan(ScanFilter.service(ContractPeer.SERVICE));
    Advertisement found = firstOfThePeer(scan);
    assertTrue(found.services().contains(ContractPeer.SERVICE), found.toString());
    fixture.await(scan.stop());
    fixture.await(scan.stop());
    fixture.await(scan.events().ended());
  }

  @Test
  void findsADeviceByItsNameAndItsMakersData() {
    Scan scan =
        scan(
            new ScanFilter(
                Set.of(),
                Optional.empty(),
                Optional.of(ContractPeer.NAME.substring(0, 4)),
                List.of(
                    new ScanFilter.DataFilter(
                        ContractPeer.COMPANY,
                        new ScanFilter.Masked(
                            Buffer.buffer(new byte[] {1, 7}),
                            Buffer.buffer(new byte[] {(byte) 0xff, 0})))),
                java.util.Map.of(),
                OptionalInt.of(-120)));
    Advertisement found = firstOfThePeer(scan);
    assertEquals(ContractPeer.COMPANY_DATA, found.manufacturerData().get(ContractPeer.COMPANY));
    fixture.await(scan.stop());
  }

  @Test
  void doesNotTellOfADeviceThatNoFilterNames() {
    Scan other = scan(ScanFilter.service(NOBODYS));
    Scan named =
        scan(
            new ScanFilter(
                Set.of(),
                Optional.of("somebody else"),
                Optional.empty(),
                List.of(),
                java.util.Map.of(),
                OptionalInt.empty()));
    Scan all = fixture.await(fixture.central().scan(ScanOptions.all()));
    ConcurrentLinkedQueue<DeviceId> wrong = new ConcurrentLinkedQueue<>();
    other.events().listen(seen -> wrong.add(seen.device()));
    named.events().listen(seen -> wrong.add(seen.device()));
    firstOfThePeer(all);
    assertEquals(List.of(), List.copyOf(wrong));
    for (Scan scan : List.of(other, named, all)) {
      fixture.await(scan.stop());
    }
  }

  @Test
  void endsAScanWhenItIsSwitchedOffAndWorksWhenItIsOnAgain() {
    assumeTrue(fixture.features().contains(Feature.POWER), "no switch here");
    Scan scan = fixture.await(fixture.central().scan(ScanOptions.all()));
    Connection connection = connect();
    List<BluetoothError> lost = new java.util.concurrent.CopyOnWriteArrayList<>();
    connection.onLost(lost::add);
    fixture.await(fixture.central().setPowered(false));
    fixture.until(
        "off", () -> fixture.central().status().reason() == AdapterStatus.Reason.POWERED_OFF);
    assertEquals(Kind.ADAPTER_OFF, failure(scan.events().ended()));
    fixture.until("the link is told to be gone", () -> lost.size() == 1);
    assertFalse(connection.isOpen());
    assertEquals(Kind.ADAPTER_OFF, failure(fixture.central().scan(ScanOptions.all())));
    assertEquals(Kind.ADAPTER_OFF, failure(connection.open(fixture.connecting())));
    assertFalse(fixture.central().status().cure().isEmpty());

    fixture.await(fixture.central().setPowered(true));
    fixture.until("on", () -> fixture.central().status().isReady());
    fixture.await(connection.open(fixture.connecting()));
    assertEquals(
        "hello", fixture.await(characteristic(connection, ContractPeer.VALUE).read()).toString());
  }

  // --- the link

  @Test
  void connectsSharesAndDisconnects() {
    Connection one = connect();
    Connection two = connect();
    Device device = one.device();
    assertTrue(device.isConnected());
    fixture.await(one.open(fixture.connecting()));
    fixture.await(one.close());
    assertTrue(device.isConnected(), "the second still has it");
    assertEquals("hello", fixture.await(characteristic(two, ContractPeer.VALUE).read()).toString());
    fixture.await(two.close());
    fixture.until("the link is gone", () -> !device.isConnected());
    fixture.await(two.close());
  }

  @Test
  void refusesHandlesOfAConnectionThatIsOver() {
    Connection connection = connect();
    Characteristic old = characteristic(connection, ContractPeer.VALUE);
    fixture.await(connection.close());
    assertEquals(Kind.DISCONNECTED, failure(old.read()));
    assertEquals(Kind.DISCONNECTED, failure(connection.services()));
    fixture.until("the link is gone", () -> !connection.device().isConnected());
    fixture.await(connection.open(fixture.connecting()));
    assertEquals(Kind.STALE, failure(old.read()));
    assertEquals(
        "hello", fixture.await(characteristic(connection, ContractPeer.VALUE).read()).toString());
  }

  @Test
  void givesUpConnectingWhenItIsClosed() {
    Connection connection = peer().connection();
    Future<Void> opening = connection.open(fixture.connecting());
    Future<Void> closing = connection.close();
    assertEquals(Kind.ABORTED, failure(opening));
    fixture.await(closing);
    assertFalse(connection.isOpen());
    fixture.until("there is no link", () -> !connection.device().isConnected());
    fixture.await(connection.open(fixture.connecting()));
  }

  @Test
  void failsToConnectToADeviceThatIsNotThere() {
    Device nobody = fixture.central().device(new DeviceId("02:00:00:00:00:99"));
    Kind kind = failure(nobody.connect(new ConnectOptions(Duration.ofSeconds(5), 1)));
    assertTrue(Set.of(Kind.NOT_FOUND, Kind.TIMEOUT).contains(kind), kind.toString());
  }

  @Test
  void tellsTheSizeOfAPacketOrThatItDoesNotKnow() {
    OptionalInt mtu = fixture.await(connect().mtu());
    assertTrue(mtu.isEmpty() || mtu.getAsInt() >= 23 && mtu.getAsInt() <= 517, mtu.toString());
  }

  @Test
  void tellsTheStrengthOfTheSignalOrThatItDoesNotKnow() {
    OptionalInt rssi = fixture.await(connect().rssiDbm());
    assertTrue(rssi.isEmpty() || rssi.getAsInt() >= -127 && rssi.getAsInt() <= 20, rssi.toString());
  }

  // --- services

  @Test
  void discoversServicesCharacteristicsAndDescriptors() {
    Connection connection = connect();
    Service service = service(connection, ContractPeer.SERVICE);
    assertTrue(service.isPrimary());
    Characteristic value = characteristic(connection, ContractPeer.VALUE);
    assertEquals(Set.of(Property.READ, Property.WRITE), basic(value));
    assertEquals(ContractPeer.SERVICE, value.service().uuid());
    assertEquals(
        Set.of(Property.NOTIFY), basic(characteristic(connection, ContractPeer.NOTIFYING)));
    assertEquals(
        Set.of(Property.INDICATE), basic(characteristic(connection, ContractPeer.INDICATING)));
    assertEquals(
        Set.of(Property.READ, Property.WRITE_WITHOUT_RESPONSE),
        basic(characteristic(connection, ContractPeer.COMMAND)));
  }

  @Test
  void tellsTwoServicesOfOneUuidApart() {
    Connection connection = connect();
    List<Service> twins =
        fixture.await(connection.services()).stream()
            .filter(service -> service.uuid().equals(ContractPeer.TWIN))
            .toList();
    assertEquals(2, twins.size());
    assertNotEquals(twins.get(0).id(), twins.get(1).id());
    Set<Integer> levels = new TreeSet<>();
    for (Service twin : twins) {
      levels.add((int) fixture.await(twin.characteristics().get(0).read()).getByte(0));
    }
    assertEquals(Set.of(1, 2), levels);
  }

  // --- values

  @Test
  void readsAndWritesAValue() {
    Characteristic value = characteristic(connect(), ContractPeer.VALUE);
    assertEquals("hello", fixture.await(value.read()).toString());
    fixture.await(value.write(Buffer.buffer("other"), WriteMode.WITH_RESPONSE));
    assertEquals("other", fixture.await(value.read()).toString());
  }

  @Test
  void writesAndReadsNothing() {
    Characteristic value = characteristic(connect(), ContractPeer.VALUE);
    fixture.await(value.write(Buffer.buffer(), WriteMode.WITH_RESPONSE));
    assertEquals(0, fixture.await(value.read()).length());
  }

  @Test
  void readsAndWritesTheLongestValue() {
    Characteristic value = characteristic(connect(), ContractPeer.LONG);
    assertEquals(ContractPeer.longValue(), fixture.await(value.read()));
    Buffer reversed = Buffer.buffer();
    for (int i = 0; i < fixture.longestWrite(); i++) {
      reversed.appendByte((byte) (511 - i));
    }
    fixture.await(value.write(reversed, WriteMode.WITH_RESPONSE));
    assertEquals(reversed, fixture.await(value.read()));
    Buffer shorter = reversed.getBuffer(0, 400);
    fixture.await(value.write(shorter, WriteMode.WITH_RESPONSE));
    assertEquals(shorter, fixture.await(value.read()));
  }

  @Test
  void refusesAValueThatIsTooLong() {
    Characteristic value = characteristic(connect(), ContractPeer.LONG);
    assertEquals(
        Kind.INVALID_LENGTH,
        failure(value.write(Buffer.buffer(new byte[513]), WriteMode.WITH_RESPONSE)));
    assertEquals(ContractPeer.longValue(), fixture.await(value.read()), "nothing was written");
  }

  @Test
  void writesWithoutAResponse() {
    Characteristic command = characteristic(connect(), ContractPeer.COMMAND);
    fixture.await(command.write(Buffer.buffer("go"), WriteMode.WITHOUT_RESPONSE));
    fixture.until("written", () -> "go".equals(fixture.await(command.read()).toString()));
    assertEquals(
        Kind.NOT_SUPPORTED, failure(command.write(Buffer.buffer("go"), WriteMode.WITH_RESPONSE)));
  }

  @Test
  void keepsTheOrderOfWhatIsAskedAtOnce() {
    Characteristic value = characteristic(connect(), ContractPeer.VALUE);
    List<Future<Buffer>> reads = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      value.write(Buffer.buffer("value " + i), WriteMode.WITH_RESPONSE);
      reads.add(value.read());
    }
    for (int i = 0; i < 20; i++) {
      assertEquals("value " + i, fixture.await(reads.get(i)).toString());
    }
  }

  @Test
  void readsADescriptor() {
    Characteristic value = characteristic(connect(), ContractPeer.VALUE);
    Descriptor description =
        value.descriptors().stream()
            .filter(descriptor -> descriptor.uuid().equals(ContractPeer.DESCRIPTION))
            .findFirst()
            .orElseThrow();
    assertEquals(ContractPeer.DESCRIPTION_TEXT, fixture.await(description.read()).toString());
  }

  @Test
  void tellsThatTheDeviceRefusesAndKeepsTheLink() {
    Connection connection = connect();
    Kind kind = failure(characteristic(connection, ContractPeer.REFUSING).read());
    assertTrue(Set.of(Kind.NOT_AUTHORIZED, Kind.NOT_SUPPORTED).contains(kind), kind.toString());
    assertTrue(connection.isOpen());
    assertEquals(
        "hello", fixture.await(characteristic(connection, ContractPeer.VALUE).read()).toString());
  }

  @Test
  void refusesWhatACharacteristicHasNot() {
    Connection connection = connect();
    Characteristic control = characteristic(connection, ContractPeer.CONTROL);
    assertEquals(Kind.NOT_SUPPORTED, failure(control.read()));
    assertEquals(Kind.NOT_SUPPORTED, failure(control.subscribe()));
    assertEquals(
        Kind.NOT_SUPPORTED,
        failure(
            characteristic(connection, ContractPeer.NOTIFYING)
                .write(Buffer.buffer("x"), WriteMode.WITH_RESPONSE)));
  }

  // --- notifications

  @Test
  void hearsNotificationsUntilItStops() {
    hearsUntilItStops(ContractPeer.NOTIFYING);
  }

  @Test
  void hearsIndicationsUntilItStops() {
    hearsUntilItStops(ContractPeer.INDICATING);
  }

  private void hearsUntilItStops(UUID which) {
    Connection connection = connect();
    Notifications notifications = fixture.await(characteristic(connection, which).subscribe());
    ConcurrentLinkedQueue<Integer> heard = listen(notifications);
    send(connection, 20);
    fixture.until("20 values", () -> heard.size() == 20);
    assertEquals(numbers(20), new TreeSet<>(heard), "the order is not promised");
    assertEquals(0, notifications.events().dropped());
    fixture.await(notifications.stop());
    fixture.await(notifications.stop());
    send(connection, 5);
    fixture.aSecond();
    assertEquals(20, heard.size(), "nothing after the stop");
  }

  @Test
  void givesEachOfTwoListenersEverything() {
    Connection one = connect();
    Connection two = connect();
    Notifications first = fixture.await(characteristic(one, ContractPeer.NOTIFYING).subscribe());
    Notifications second = fixture.await(characteristic(two, ContractPeer.NOTIFYING).subscribe());
    ConcurrentLinkedQueue<Integer> heardByFirst = listen(first);
    ConcurrentLinkedQueue<Integer> heardBySecond = listen(second);
    send(two, 10);
    fixture.until("both", () -> heardByFirst.size() == 10 && heardBySecond.size() == 10);
    fixture.await(one.close());
    fixture.await(first.events().ended());
    send(two, 10);
    fixture.until("the second goes on", () -> heardBySecond.size() == 20);
    assertEquals(10, heardByFirst.size());
  }

  @Test
  void countsWhatASlowListenerMisses() {
    int count = 1300;
    Connection connection = connect();
    Characteristic notifying = characteristic(connection, ContractPeer.NOTIFYING);
    Notifications notifications = fixture.await(notifying.subscribe());
    notifications.events().pause();
    ConcurrentLinkedQueue<Integer> heard = listen(notifications);
    Notifications quick = fixture.await(notifying.subscribe());
    ConcurrentLinkedQueue<Integer> heardQuickly = listen(quick);
    for (int sent = 0; sent < count; sent += BURST) {
      int till = sent + BURST;
      send(connection, sent, BURST);
      fixture.until("the quick one has heard them", () -> heardQuickly.size() == till);
    }
    // Nobody takes them: all but the bound's number are dropped, and each is counted.
    assertTrue(notifications.events().dropped() > 0);
    assertEquals(0, heard.size());
    notifications.events().resume();
    fixture.until(
        "all heard or counted", () -> heard.size() + notifications.events().dropped() == count);
    assertTrue(heard.contains(count - 1), "the newest is kept");
    assertEquals(0, quick.events().dropped());
  }

  // --- pairing

  @Test
  void pairsWhenAnAttributeNeedsItAndThePersonAgrees() {
    assumeTrue(fixture.features().contains(Feature.PAIRING), "no pairing here");
    fixture
        .central()
        .setPairingAgent(question -> Future.succeededFuture(new PairingAgent.Answer.Yes()));
    Connection connection = connect();
    assertEquals(
        "secret", fixture.await(characteristic(connection, ContractPeer.SECRET).read()).toString());
    fixture.until("paired", () -> connection.device().isPaired());
    fixture.await(connection.device().forget());
    fixture.until("forgotten", () -> !connection.device().isPaired());
  }

  // --- parts

  protected final Device peer() {
    // As an app does: a device is heard before it is connected to.
    Scan scan = scan(ScanFilter.service(ContractPeer.SERVICE));
    firstOfThePeer(scan);
    fixture.await(scan.stop());
    return fixture.central().device(fixture.peer());
  }

  protected final Connection connect() {
    Device device = fixture.central().device(fixture.peer());
    Device heard =
        device.isConnected() || device.advertisement().services().contains(ContractPeer.SERVICE)
            ? device
            : peer();
    return fixture.await(heard.connect(fixture.connecting()));
  }

  private Scan scan(ScanFilter filter) {
    return fixture.await(fixture.central().scan(ScanOptions.of(filter)));
  }

  private Advertisement firstOfThePeer(Scan scan) {
    ConcurrentLinkedQueue<Advertisement> found = new ConcurrentLinkedQueue<>();
    scan.events()
        .listen(
            seen -> {
              if (seen.device().equals(fixture.peer())) {
                found.add(seen);
              }
            });
    fixture.until("the peer is heard", () -> !found.isEmpty());
    return found.peek();
  }

  protected final Service service(Connection connection, UUID uuid) {
    return fixture.await(connection.services()).stream()
        .filter(service -> service.uuid().equals(uuid))
        .findFirst()
        .orElseThrow();
  }

  protected final Characteristic characteristic(Connection connection, UUID uuid) {
    return service(connection, ContractPeer.SERVICE).characteristics().stream()
        .filter(it -> it.uuid().equals(uuid))
        .findFirst()
        .orElseThrow();
  }

  private static Set<Property> basic(Characteristic characteristic) {
    Set<Property> properties = new java.util.HashSet<>(characteristic.properties());
    properties.remove(Property.EXTENDED_PROPERTIES);
    return properties;
  }

  private void send(Connection connection, int count) {
    send(connection, 0, count);
  }

  private void send(Connection connection, int first, int count) {
    fixture.await(
        characteristic(connection, ContractPeer.CONTROL)
            .write(
                Buffer.buffer().appendUnsignedShort(first).appendUnsignedShort(count),
                WriteMode.WITHOUT_RESPONSE));
  }

  private static ConcurrentLinkedQueue<Integer> listen(Notifications notifications) {
    ConcurrentLinkedQueue<Integer> heard = new ConcurrentLinkedQueue<>();
    notifications.events().listen(value -> heard.add(value.getUnsignedShort(0)));
    return heard;
  }

  private static Set<Integer> numbers(int count) {
    Set<Integer> numbers = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      numbers.add(i);
    }
    return numbers;
  }

  protected final Kind failure(Future<?> future) {
    return assertThrows(BluetoothError.class, () -> fixture.await(future)).kind();
  }
}
