package dev.dunlin.bt.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.dunlin.bt.Adapter;
import dev.dunlin.bt.AdapterStatus;
import dev.dunlin.bt.AdapterStatus.Reason;
import dev.dunlin.bt.AdvertisingData;
import dev.dunlin.bt.AttributeRef;
import dev.dunlin.bt.BluetoothError;
import dev.dunlin.bt.BluetoothError.Kind;
import dev.dunlin.bt.Characteristic;
import dev.dunlin.bt.Characteristic.Notifications;
import dev.dunlin.bt.Characteristic.WriteMode;
import dev.dunlin.bt.ConnectOptions;
import dev.dunlin.bt.Connection;
import dev.dunlin.bt.GattHandler;
import dev.dunlin.bt.PairingAgent;
import dev.dunlin.bt.Peripheral;
import dev.dunlin.bt.Property;
import dev.dunlin.bt.Scan;
import dev.dunlin.bt.ScanFilter;
import dev.dunlin.bt.ScanOptions;
import dev.dunlin.bt.Service;
import dev.dunlin.bt.ServiceSpec;
import dev.dunlin.bt.contract.ContractPeer;
import dev.dunlin.bt.contract.VirtualTime;
import dev.dunlin.scheduler.VirtualScheduler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each fault of the air, the device, the adapter and the service, in virtual time. */
class FaultsTest {
  private static final String DEVICE = "02:00:00:00:00:05";

  private final VirtualScheduler time = new VirtualScheduler();
  private final SimRadio radio = new SimRadio(time);
  private final SimAdapter stack = radio.adapter("02:00:00:00:00:01");
  private final Adapter adapter = await(Adapter.open(stack, time));
  private final ContractPeer peer = new ContractPeer();
  private final SimDevice device =
      radio.device(DEVICE, ContractPeer.advertising(), ContractPeer.services(true), peer);

  @AfterEach
  void nothingIsLeft() {
    await(adapter.close());
    assertEquals(Set.of(), stack.links(), "no link is left");
    assertFalse(stack.isScanning(), "no scan is left");
  }

  // --- the adapter

  @Test
  void saysWhyThereIsNoBluetoothAndWhatHelps() {
    for (Reason reason : Reason.values()) {
      if (reason == Reason.READY || reason == Reason.CLOSED) {
        continue;
      }
      stack.unusable(reason);
      time.advance(Duration.ZERO);
      AdapterStatus status = adapter.status();
      assertEquals(reason, status.reason());
      assertFalse(status.message().isEmpty());
      assertFalse(status.cure().isEmpty(), reason + " has a cure");
      BluetoothError error = failure(adapter.scan(ScanOptions.all()));
      assertTrue(error.getMessage().contains(status.cure()), error.getMessage());
      assertEquals(
          switch (reason) {
            case POWERED_OFF, BLOCKED -> Kind.ADAPTER_OFF;
            case ACCESS_DENIED -> Kind.DENIED;
            default -> Kind.NO_ADAPTER;
          },
          error.kind());
      assertEquals(error.kind(), failure(connection().open(ConnectOptions.once())).kind());
      assertEquals(
          error.kind(), failure(adapter.peripheral().advertise(ContractPeer.advertising())).kind());
    }
  }

  @Test
  void endsAScanWithTheReasonWhenTheAdapterIsUnplugged() {
    Scan scan = await(adapter.scan(ScanOptions.all()));
    List<AdapterStatus> told = new ArrayList<>();
    adapter.onStatus(told::add);
    stack.unplug();
    assertEquals(Kind.ADAPTER_GONE, failure(scan.events().ended()).kind());
    assertEquals(List.of(Reason.NO_ADAPTER), told.stream().map(AdapterStatus::reason).toList());
    await(scan.stop());
    stack.plug();
    time.advance(Duration.ZERO);
    await(await(adapter.scan(ScanOptions.all())).stop());
  }

  @Test
  void failsAScanThatTheAdapterRefusesAndGoesOn() {
    stack.next(
        SimOperation.SCAN, Future.failedFuture(new BluetoothError(Kind.DENIED, "by policy")));
    assertEquals(Kind.DENIED, failure(adapter.scan(ScanOptions.all())).kind());
    await(await(adapter.scan(ScanOptions.all())).stop());
  }

  @Test
  void failsAScanThatIsNeverAnswered() {
    stack.hangNext(SimOperation.SCAN);
    assertEquals(Kind.TIMEOUT, failure(adapter.scan(ScanOptions.all())).kind());
  }

  @Test
  void comesBackWithItsServicesAndAdvertisementsWhenTheServiceIsRestarted() {
    await(peer.on(adapter.peripheral(), false));
    Adapter other = await(Adapter.open(radio.adapter("02:00:00:00:00:02"), time));
    Connection before = connection(other, "02:00:00:00:00:01");
    await(before.open(ConnectOptions.once()));
    assertEquals("hello", await(characteristic(before, ContractPeer.VALUE).read()).toString());

    Connection mine = open();
    List<BluetoothError> lost = new ArrayList<>();
    mine.onLost(lost::add);
    Future<Buffer> reading = characteristic(mine, ContractPeer.VALUE).read();
    stack.serviceEnds();
    assertEquals(Kind.ADAPTER_GONE, failure(reading).kind());
    assertEquals(1, lost.size());
    assertEquals(Kind.ADAPTER_GONE, lost.get(0).kind());
    time.advance(Duration.ofSeconds(20));
    assertFalse(before.isOpen());

    stack.plug();
    time.advance(Duration.ofSeconds(1));
    Scan scan = await(other.scan(ScanOptions.of(ScanFilter.service(ContractPeer.SERVICE))));
    List<String> heard = new ArrayList<>();
    scan.events().listen(seen -> heard.add(seen.device().value()));
    VirtualTime.until(time, "it is heard again", () -> heard.contains("02:00:00:00:00:01"));
    await(scan.stop());
    await(before.open(ConnectOptions.once()));
    assertEquals("hello", await(characteristic(before, ContractPeer.VALUE).read()).toString());
    await(mine.open(ConnectOptions.once()));
    await(other.close());
  }

  @Test
  void triesAgainWhenTheServiceIsNotReadyToServeYet() {
    await(peer.on(adapter.peripheral(), false));
    stack.serviceEnds();
    time.advance(Duration.ofSeconds(1));
    Future<?> notYet = Future.failedFuture(new BluetoothError(Kind.FAILED, "not yet"));
    stack.next(SimOperation.SERVE, notYet).next(SimOperation.ADVERTISE, notYet);
    stack.plug();
    time.advance(Duration.ofSeconds(5));
    assertEquals(1, stack.advertising().size());
    assertEquals(1, stack.servers().size());
  }

  // --- the device vanishes

  @Test
  void failsAReadWhenTheDeviceVanishes() {
    Characteristic value = characteristic(open(), ContractPeer.VALUE);
    Future<Buffer> reading = value.read();
    time.advance(Duration.ofMillis(1));
    device.vanish();
    assertEquals(Kind.DISCONNECTED, failure(reading).kind());
    assertEquals(Kind.DISCONNECTED, failure(value.read()).kind());
  }

  @Test
  void failsAReadWhoseErrorComesBeforeTheNewsOfTheLink() {
    Characteristic value = characteristic(open(), ContractPeer.VALUE);
    stack.next(
        SimOperation.READ, Future.failedFuture(new BluetoothError(Kind.FAILED, "ATT error: 0x0e")));
    Future<Buffer> reading = value.read();
    time.advance(Duration.ofMillis(100));
    device.vanish();
    assertEquals(Kind.DISCONNECTED, failure(reading).kind());
  }

  @Test
  void failsAReadAsSuchWhenTheLinkStays() {
    Connection connection = open();
    Characteristic value = characteristic(connection, ContractPeer.VALUE);
    stack.next(
        SimOperation.READ, Future.failedFuture(new BluetoothError(Kind.FAILED, "ATT error: 0x0e")));
    assertEquals(Kind.FAILED, failure(value.read()).kind());
    assertTrue(connection.isOpen());
    assertEquals("hello", await(value.read()).toString());
  }

  @Test
  void failsAWriteAndAllThatWaitsWhenTheDeviceVanishes() {
    Characteristic value = characteristic(open(), ContractPeer.VALUE);
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      all.add(value.write(Buffer.buffer("x" + i), WriteMode.WITH_RESPONSE));
      all.add(value.read());
    }
    time.advance(Duration.ofMillis(1));
    device.vanish();
    all.forEach(one -> assertEquals(Kind.DISCONNECTED, failure(one).kind()));
  }

  @Test
  void failsADiscoveryWhenTheDeviceVanishes() {
    Connection connection = open();
    Future<List<Service>> discovering = connection.services();
    time.advance(Duration.ofMillis(1));
    device.vanish();
    assertEquals(Kind.DISCONNECTED, failure(discovering).kind());
    device.appear();
    await(connection.open(ConnectOptions.once()));
    assertEquals(3, await(connection.services()).size());
  }

  @Test
  void failsPairingWhenTheDeviceVanishes() {
    device.pairingAsks(asked -> new PairingAgent.Question.ConfirmPasskey(asked, 123456));
    Promise<PairingAgent.Answer> person = Promise.promise();
    adapter.setPairingAgent(question -> person.future());
    Connection connection = open();
    Future<Void> pairing = connection.device().pair();
    time.advance(Duration.ofSeconds(1));
    device.vanish();
    assertEquals(Kind.DISCONNECTED, failure(pairing).kind());
    person.complete(new PairingAgent.Answer.Yes());
    time.advance(Duration.ofSeconds(1));
    assertFalse(connection.device().isPaired());
  }

  @Test
  void endsSubscriptionsWhenTheDeviceVanishes() {
    Notifications notifications = await(characteristic(open(), ContractPeer.NOTIFYING).subscribe());
    device.vanish();
    assertEquals(Kind.DISCONNECTED, failure(notifications.events().ended()).kind());
    await(notifications.stop());
  }

  @Test
  void triesToConnectAgainWithLongerAndLongerWaits() {
    failToConnect(3);
    Connection connection = connection();
    Future<Void> opening = connection.open(new ConnectOptions(Duration.ofSeconds(30), 5));
    // 0.5, 1 and 2 s between the first four attempts.
    time.advance(Duration.ofMillis(3_400));
    assertFalse(opening.isComplete());
    time.advance(Duration.ofMillis(200));
    assertTrue(opening.succeeded());
    await(connection.close());

    failToConnect(2);
    Future<Void> twice = connection.open(new ConnectOptions(Duration.ofSeconds(30), 2));
    assertEquals(Kind.FAILED, failure(twice).kind());
  }

  private void failToConnect(int times) {
    for (int i = 0; i < times; i++) {
      stack.next(
          SimOperation.CONNECT,
          Future.failedFuture(new BluetoothError(Kind.FAILED, "the radio is busy")));
    }
  }

  @Test
  void looksForADeviceThatTheStackDoesNotKnowAndStopsLookingInTime() {
    device.vanish();
    Connection connection = connection();
    Future<Void> opening = connection.open(new ConnectOptions(Duration.ofSeconds(30), 2));
    time.advance(Duration.ofSeconds(20));
    assertTrue(stack.isScanning());
    device.appear();
    await(opening);
    await(connection.close());
    assertFalse(stack.isScanning());

    device.vanish();
    Future<Void> vain = connection.open(new ConnectOptions(Duration.ofSeconds(30), 2));
    BluetoothError failure = failure(vain);
    assertEquals(Kind.NOT_FOUND, failure.kind());
    assertTrue(failure.getMessage().contains("not heard within 30000 ms"), failure.getMessage());
    time.advance(Duration.ofMillis(1));
    assertFalse(stack.isScanning());
    assertEquals(Kind.NOT_FOUND, failure(connection.open(ConnectOptions.once())).kind());
  }

  // --- a link that is made again

  @Test
  void makesALostLinkAgainWithLongerAndLongerWaitsIfItIsToldTo() {
    List<Duration> told = new ArrayList<>();
    Connection connection = connection();
    connection.onReconnected(() -> told.add(time.now()));
    await(connection.open(ConnectOptions.once().reconnecting()));
    Characteristic old = characteristic(connection, ContractPeer.VALUE);
    failToConnect(9);
    Duration lost = time.now();
    device.disconnect();
    // 0.5, 1, 2, 4, 8, 16, 32, and then a minute each.
    time.advance(Duration.ofMillis(63_500 + 119_000));
    assertEquals(List.of(), told);
    assertFalse(connection.isOpen());
    time.advance(Duration.ofMillis(61_500));
    assertEquals(1, told.size());
    assertTrue(told.get(0).minus(lost).toSeconds() >= 243, told.toString());
    assertTrue(connection.isOpen());
    assertEquals(Kind.STALE, failure(old.read()).kind());
    assertEquals("hello", await(characteristic(connection, ContractPeer.VALUE).read()).toString());

    // Again, and now at once: the waits begin anew.
    device.disconnect();
    time.advance(Duration.ofSeconds(1));
    assertEquals(2, told.size());
    Connection plain = connection();
    await(plain.open(ConnectOptions.once()));
    device.disconnect();
    time.advance(Duration.ofSeconds(1));
    assertFalse(plain.isOpen(), "who has not asked for it has none");
  }

  @Test
  void makesALostLinkAgainWhenTheDeviceOrTheAdapterIsBack() {
    Connection connection = connection();
    int[] told = {0};
    connection.onReconnected(() -> told[0]++);
    await(connection.open(new ConnectOptions(ConnectOptions.DEFAULT_TIMEOUT, 2).reconnecting()));
    device.vanish();
    time.advance(Duration.ofHours(1));
    device.appear();
    VirtualTime.until(time, "the device is back", connection::isOpen);
    stack.serviceEnds();
    time.advance(Duration.ofHours(1));
    stack.plug();
    VirtualTime.until(time, "the service is back", connection::isOpen);
    assertEquals(2, told[0]);
    Notifications notifications =
        await(characteristic(connection, ContractPeer.NOTIFYING).subscribe());
    List<Buffer> heard = new ArrayList<>();
    notifications.events().listen(heard::add);
    device.notify(AttributeRef.of(0, 2), Buffer.buffer("x"));
    time.advance(Duration.ofMillis(10));
    assertEquals(1, heard.size());
  }

  @Test
  void makesNoLinkAgainThatWasClosedMeanwhile() {
    Connection connection = connection();
    connection.onReconnected(() -> fail("nobody wants it"));
    await(connection.open(ConnectOptions.once().reconnecting()));
    device.disconnect();
    time.advance(Duration.ofMillis(100));
    await(connection.close());
    time.advance(Duration.ofMinutes(5));
    assertEquals(Set.of(), stack.links());

    // While an attempt is under way; and by hand, which is no reconnecting.
    await(connection.open(ConnectOptions.once().reconnecting()));
    stack.hangNext(SimOperation.CONNECT);
    device.disconnect();
    time.advance(Duration.ofSeconds(1));
    await(connection.open(ConnectOptions.once().reconnecting()));
    assertTrue(connection.isOpen());
    await(connection.close());
    time.advance(Duration.ofMinutes(5));
    assertEquals(Set.of(), stack.links());
  }

  @Test
  void givesNotificationsToAConnectionOfADeviceThatWasForgottenMeanwhile() {
    Connection connection = open();
    await(connection.close());
    await(stack.forget(device.deviceId()));
    time.advance(Duration.ofSeconds(1));
    for (int i = 0; i < 1100; i++) {
      adapter.device(
          new dev.dunlin.bt.DeviceId(String.format("03:00:00:00:%02x:%02x", i / 256, i % 256)));
    }
    await(connection.open(ConnectOptions.once()));
    Notifications notifications =
        await(characteristic(connection, ContractPeer.NOTIFYING).subscribe());
    List<Buffer> heard = new ArrayList<>();
    notifications.events().listen(heard::add);
    device.notify(AttributeRef.of(0, 2), Buffer.buffer("x"));
    time.advance(Duration.ofMillis(10));
    assertEquals(1, heard.size());
  }

  @Test
  void givesUpConnectingAtItsDeadlineAndLeavesNoLink() {
    stack.hangNext(SimOperation.CONNECT);
    Connection connection = connection();
    Future<Void> opening = connection.open(new ConnectOptions(Duration.ofSeconds(7), 1));
    time.advance(Duration.ofMillis(6_900));
    assertFalse(opening.isComplete());
    time.advance(Duration.ofMillis(200));
    assertEquals(Kind.TIMEOUT, failure(opening).kind());
    await(connection.open(ConnectOptions.once()));
  }

  @Test
  void connectsAgainWhenTheLinkBreaksWhileItIsMade() {
    Promise<Void> slow = Promise.promise();
    stack.next(SimOperation.CONNECT, slow.future());
    Connection connection = connection();
    Future<Void> opening = connection.open(new ConnectOptions(Duration.ofSeconds(30), 2));
    time.advance(Duration.ofMillis(10));
    await(stack.connect(device.deviceId()));
    device.disconnect();
    time.advance(Duration.ofMillis(10));
    assertFalse(opening.isComplete(), "the stack has not said that it failed");
    slow.fail(new BluetoothError(Kind.DISCONNECTED, "abort by remote"));
    await(opening);
    assertTrue(connection.isOpen());
  }

  @Test
  void dropsALinkThatIsMadeAfterNobodyWantsItAnyMore() {
    Promise<Void> slow = Promise.promise();
    stack.next(SimOperation.CONNECT, slow.future());
    Connection connection = connection();
    Future<Void> opening = connection.open(new ConnectOptions(Duration.ofSeconds(1), 1));
    assertEquals(Kind.TIMEOUT, failure(opening).kind());
    await(stack.connect(device.deviceId()));
    slow.complete();
    time.advance(Duration.ofSeconds(1));
    assertEquals(Set.of(), stack.links());
  }

  // --- one that does not answer

  @Test
  void failsAnOperationThatIsNeverAnsweredAndGoesOnWithTheNext() {
    Characteristic value = characteristic(open(), ContractPeer.VALUE);
    stack.hangNext(SimOperation.READ);
    Future<Buffer> hung = value.read();
    Future<Buffer> next = value.read();
    time.advance(Duration.ofSeconds(29));
    assertFalse(hung.isComplete() || next.isComplete());
    assertEquals(Kind.TIMEOUT, failure(hung).kind());
    assertEquals("hello", await(next).toString());
  }

  @Test
  void failsAnotherOperationWhenAThousandWait() {
    Characteristic value = characteristic(open(), ContractPeer.VALUE);
    stack.hangNext(SimOperation.READ);
    List<Future<Buffer>> reads = IntStream.range(0, 1100).mapToObj(i -> value.read()).toList();
    time.advance(Duration.ofSeconds(1));
    assertEquals(75, reads.stream().filter(Future::failed).count());
    assertEquals(Kind.LIMIT, failure(reads.get(1099)).kind());
    assertEquals("hello", await(reads.get(1024)).toString(), "the others are answered");
  }

  @Test
  void failsARequestThatAPageDoesNotAnswer() {
    Promise<Buffer> never = Promise.promise();
    List<UUID> written = new ArrayList<>();
    GattHandler slow =
        new GattHandler() {
          @Override
          public Future<Buffer> read(Request request) {
            return never.future();
          }

          @Override
          public Future<Void> write(Request request, Buffer value) {
            written.add(request.uuid());
            return Future.succeededFuture();
          }
        };
    await(adapter.peripheral().serve(ContractPeer.services(false), slow));
    await(adapter.peripheral().advertise(ContractPeer.advertising()));
    Adapter other = await(Adapter.open(radio.adapter("02:00:00:00:00:02"), time));
    Connection connection = connection(other, "02:00:00:00:00:01");
    await(connection.open(ConnectOptions.once()));
    Characteristic value = characteristic(connection, ContractPeer.VALUE);
    Duration before = time.now();
    assertThrows(BluetoothError.class, () -> await(value.read()));
    Duration took = time.now().minus(before);
    assertTrue(took.compareTo(GattHandler.TIME_LIMIT.plusSeconds(1)) < 0, took.toString());
    await(value.write(Buffer.buffer("x"), WriteMode.WITH_RESPONSE));
    assertEquals(List.of(ContractPeer.VALUE), written, "the next request has its turn");
    await(other.close());
  }

  // --- floods

  @Test
  void keepsABoundedNumberOfAFloodOfNotificationsAndCountsTheRest() {
    Connection connection = open();
    Notifications slow = await(characteristic(connection, ContractPeer.NOTIFYING).subscribe());
    Notifications fast = await(characteristic(connection, ContractPeer.NOTIFYING).subscribe());
    List<Integer> heardSlowly = new ArrayList<>();
    List<Integer> heardFast = new ArrayList<>();
    slow.events().listen(value -> heardSlowly.add(value.getInt(0)));
    slow.events().pause();
    fast.events().listen(value -> heardFast.add(value.getInt(0)));
    AttributeRef notifying = AttributeRef.of(0, 2);
    // Ten thousand in a second.
    for (int i = 0; i < 10_000; i++) {
      device.notify(notifying, Buffer.buffer().appendInt(i));
      if (i % 10 == 9) {
        time.advance(Duration.ofMillis(1));
      }
    }
    time.advance(Duration.ofSeconds(1));
    assertEquals(10_000, heardFast.size(), "who keeps up gets all");
    assertEquals(0, fast.events().dropped());
    assertEquals(0, heardSlowly.size());
    assertEquals(10_000 - 1024, slow.events().dropped());
    slow.events().resume();
    time.advance(Duration.ZERO);
    assertEquals(1024, heardSlowly.size());
    assertEquals(9_999, heardSlowly.get(1023), "the newest are kept");
  }

  @Test
  void stopsAListenerThatThrowsAndSparesTheOthers() {
    Connection connection = open();
    Notifications bad = await(characteristic(connection, ContractPeer.NOTIFYING).subscribe());
    Notifications good = await(characteristic(connection, ContractPeer.NOTIFYING).subscribe());
    List<Buffer> heard = new ArrayList<>();
    bad.events()
        .listen(
            value -> {
              throw new IllegalStateException("the listener's fault");
            });
    good.events().listen(heard::add);
    device.notify(AttributeRef.of(0, 2), Buffer.buffer("a"));
    assertThrows(IllegalStateException.class, () -> time.advance(Duration.ofSeconds(1)));
    device.notify(AttributeRef.of(0, 2), Buffer.buffer("b"));
    time.advance(Duration.ofSeconds(1));
    assertEquals(List.of(Buffer.buffer("a"), Buffer.buffer("b")), heard);
    assertTrue(bad.events().ended().failed());
  }

  @Test
  void remembersABoundedNumberOfDevices() {
    Connection used = open();
    for (int i = 0; i < 3_000; i++) {
      radio
          .device(
              "random " + i,
              new AdvertisingData(
                  Optional.empty(), List.of(), java.util.Map.of(), java.util.Map.of()),
              List.of(),
              peer)
          .rssiDbm(OptionalInt.empty());
    }
    Scan scan = await(adapter.scan(ScanOptions.all()));
    time.advance(Duration.ofSeconds(2));
    assertEquals(1024, adapter.devices().size());
    assertTrue(adapter.devices().contains(used.device()), "one that is used is not forgotten");
    assertTrue(scan.events().dropped() > 0, "nobody listened");
    await(scan.stop());
  }

  // --- big and odd tables

  @Test
  void readsATableOfFiveHundredAttributes() {
    List<ServiceSpec.CharacteristicSpec> many =
        IntStream.range(0, 500)
            .mapToObj(
                i ->
                    new ServiceSpec.CharacteristicSpec(
                        ContractPeer.VALUE, Set.of(Property.READ), List.of()))
            .toList();
    SimDevice big =
        radio.device(
            "02:00:00:00:00:06",
            ContractPeer.advertising(),
            List.of(new ServiceSpec(ContractPeer.SERVICE, many)),
            new GattHandler() {
              @Override
              public Future<Buffer> read(Request request) {
                return Future.succeededFuture(
                    Buffer.buffer().appendInt(request.attribute().characteristic()));
              }

              @Override
              public Future<Void> write(Request request, Buffer value) {
                return Future.succeededFuture();
              }
            });
    Connection connection = connection(adapter, big.deviceId().value());
    await(connection.open(ConnectOptions.once()));
    List<Characteristic> all = await(connection.services()).get(0).characteristics();
    assertEquals(500, all.size());
    List<Future<Buffer>> reads = all.stream().map(Characteristic::read).toList();
    for (int i = 0; i < 500; i++) {
      assertEquals(i, await(reads.get(i)).getInt(0));
    }
  }

  @Test
  void refusesHandlesOfServicesThatTheDeviceHasTakenAway() {
    Connection connection = open();
    Characteristic twin = await(connection.services()).get(2).characteristics().get(0);
    int[] told = {0};
    connection.onServicesChanged(() -> told[0]++);
    device.replaceServices(ContractPeer.services(true).subList(0, 1));
    time.advance(Duration.ZERO);
    assertEquals(1, told[0]);
    assertEquals(Kind.STALE, failure(twin.read()).kind());
    assertEquals(1, await(connection.services()).size());
    assertEquals("hello", await(characteristic(connection, ContractPeer.VALUE).read()).toString());
  }

  @Test
  void refusesToServeTooManyAttributesOrNone() {
    Peripheral peripheral = adapter.peripheral();
    assertEquals(Kind.INVALID_ARGUMENT, failure(peripheral.serve(List.of(), peer)).kind());
    ServiceSpec.CharacteristicSpec one =
        new ServiceSpec.CharacteristicSpec(ContractPeer.VALUE, Set.of(Property.READ), List.of());
    ServiceSpec huge =
        new ServiceSpec(ContractPeer.SERVICE, java.util.Collections.nCopies(4097, one));
    assertEquals(Kind.LIMIT, failure(peripheral.serve(List.of(huge), peer)).kind());
  }

  // --- two users

  @Test
  void makesOneLinkForTwoWhoAskAtOnce() {
    Connection one = connection();
    Connection two = connection();
    Future<Void> first = one.open(ConnectOptions.once());
    Future<Void> second = two.open(ConnectOptions.once());
    // The next connect would hang: it must not be asked for.
    time.advance(Duration.ofMillis(1));
    stack.hangNext(SimOperation.CONNECT);
    await(first);
    await(second);
    await(one.close());
    assertTrue(two.isOpen());
    assertEquals(1, stack.links().size());
    await(two.close());
    assertEquals(0, stack.links().size());
  }

  @Test
  void goesOnForOneWhenTheOtherGivesUpConnecting() {
    Connection one = connection();
    Connection two = connection();
    Future<Void> first = one.open(ConnectOptions.once());
    Future<Void> second = two.open(ConnectOptions.once());
    Future<Void> closing = one.close();
    assertEquals(Kind.ABORTED, failure(first).kind());
    await(closing);
    await(second);
    assertTrue(two.isOpen());
  }

  @Test
  void failsWhatAUserHasUnderWayWhenHeClosesAndNotTheOthers() {
    Connection one = open();
    Connection two = open();
    Characteristic first = characteristic(one, ContractPeer.VALUE);
    Characteristic second = characteristic(two, ContractPeer.VALUE);
    Future<Buffer> running = first.read();
    Future<Buffer> waiting = first.read();
    Future<Buffer> others = second.read();
    time.advance(Duration.ofMillis(1));
    await(one.close());
    assertEquals(Kind.ABORTED, failure(running).kind());
    assertEquals(Kind.ABORTED, failure(waiting).kind());
    assertEquals("hello", await(others).toString());
  }

  // --- pairing

  @Test
  void doesNotPairWhenNobodyAnswersOrThePersonSaysNo() {
    device.pairingAsks(PairingAgent.Question.Authorize::new);
    Connection connection = open();
    Characteristic secret = characteristic(connection, ContractPeer.SECRET);
    assertEquals(Kind.NOT_PAIRED, failure(secret.read()).kind(), "no agent, no pairing");
    adapter.setPairingAgent(question -> Promise.<PairingAgent.Answer>promise().future());
    assertEquals(Kind.TIMEOUT, failure(secret.read()).kind(), "the read's own deadline");
    adapter.setPairingAgent(question -> Future.failedFuture("no window"));
    assertEquals(Kind.NOT_PAIRED, failure(connection.device().pair()).kind());
    assertFalse(connection.device().isPaired());
    adapter.setPairingAgent(question -> Future.succeededFuture(new PairingAgent.Answer.Yes()));
    assertEquals("secret", await(secret.read()).toString());
    assertTrue(connection.device().isPaired());
  }

  // --- closing

  @Test
  void failsEverythingWhenItIsClosed() {
    Connection connection = open();
    Characteristic value = characteristic(connection, ContractPeer.VALUE);
    Scan scan = await(adapter.scan(ScanOptions.all()));
    await(peer.on(adapter.peripheral(), false));
    Future<Buffer> reading = value.read();
    await(adapter.close());
    assertEquals(Kind.ABORTED, failure(reading).kind());
    assertEquals(Kind.ABORTED, failure(scan.events().ended()).kind());
    assertFalse(connection.isOpen());
    assertEquals(Reason.CLOSED, adapter.status().reason());
    assertEquals(Kind.NO_ADAPTER, failure(adapter.scan(ScanOptions.all())).kind());
    assertEquals(0, stack.advertising().size());
    await(adapter.close());
  }

  // --- parts

  private Connection connection() {
    return connection(adapter, DEVICE);
  }

  private static Connection connection(Adapter from, String to) {
    return from.device(new dev.dunlin.bt.DeviceId(to)).connection();
  }

  private Connection open() {
    Connection connection = connection();
    await(connection.open(ConnectOptions.once()));
    return connection;
  }

  private Characteristic characteristic(Connection connection, UUID uuid) {
    return await(connection.services()).stream()
        .flatMap(service -> service.characteristics().stream())
        .filter(it -> it.uuid().equals(uuid))
        .findFirst()
        .orElseThrow();
  }

  private <T> T await(Future<T> future) {
    return VirtualTime.await(time, future);
  }

  private BluetoothError failure(Future<?> future) {
    return assertThrows(BluetoothError.class, () -> await(future));
  }
}
