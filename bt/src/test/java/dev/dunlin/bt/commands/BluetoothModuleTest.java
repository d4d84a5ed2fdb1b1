package dev.dunlin.bt.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.bt.Adapter;
import dev.dunlin.bt.AdapterStatus;
import dev.dunlin.bt.AdvertisingData;
import dev.dunlin.bt.AttributeRef;
import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.GattHandler;
import dev.dunlin.bt.PairingAgent;
import dev.dunlin.bt.Property;
import dev.dunlin.bt.ServiceSpec;
import dev.dunlin.bt.Uuids;
import dev.dunlin.bt.commands.FakeCall.FakeChannel;
import dev.dunlin.bt.commands.FakeCall.FakePage;
import dev.dunlin.bt.contract.VirtualTime;
import dev.dunlin.bt.sim.SimAdapter;
import dev.dunlin.bt.sim.SimDevice;
import dev.dunlin.bt.sim.SimOperation;
import dev.dunlin.bt.sim.SimRadio;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.VirtualScheduler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of pages over simulated devices, in virtual time. */
class BluetoothModuleTest {
  static final String ORIGIN = "https://app.localhost";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final UUID HEART = Uuids.parse("180d");
  private static final UUID BATTERY = Uuids.parse("180f");
  private static final UUID KEYBOARD = Uuids.parse("1812");
  private static final AttributeRef RATE = AttributeRef.of(0, 0);
  private static final long SEED = 5;

  @TempDir Path data;

  private final VirtualScheduler scheduler = new VirtualScheduler();
  private final SimRadio radio = new SimRadio(scheduler);
  private final SimAdapter machine = radio.adapter("00:00:00:00:00:01");
  private final FakePage page = new FakePage();
  private final Person person = new Person();
  private BluetoothModule module;
  private SimDevice heart;
  private Adapter opened;

  /** Takes what a test tells it to, when it is heard. */
  private static final class Person implements BluetoothPerson {
    Optional<String> takes = Optional.of("C4:00:00:00:00:01");
    boolean gesture = true;
    PairingAgent.Answer answer = new PairingAgent.Answer.Yes();
    final List<Candidates.View> seen = new ArrayList<>();

    @Override
    public Future<Void> requireGesture(int window) {
      return gesture
          ? Future.succeededFuture()
          : Future.failedFuture(new BridgeError("SecurityError", "E", "no gesture"));
    }

    @Override
    public Future<Optional<DeviceId>> choose(
        int window, Candidates candidates, Future<Void> cancelled) {
      Promise<Optional<DeviceId>> chosen = Promise.promise();
      candidates.open(
          view -> {
            seen.add(view);
            if (takes.isEmpty()) {
              chosen.tryComplete(Optional.empty());
            }
            view.devices().stream()
                .filter(one -> one.id().value().equals(takes.orElse("")))
                .findFirst()
                .ifPresent(one -> chosen.tryComplete(Optional.of(one.id())));
          });
      return chosen.future();
    }

    @Override
    public Future<PairingAgent.Answer> pair(int window, PairingAgent.Question question) {
      return Future.succeededFuture(answer);
    }
  }

  private BluetoothModule module() {
    return new BluetoothModule(
        data,
        RandomSource.seeded(SEED),
        () -> scheduler,
        new BluetoothModule.Blocking() {
          @Override
          public <T> Future<T> run(Callable<T> work) {
            try {
              return Future.succeededFuture(work.call());
            } catch (Exception e) {
              return Future.failedFuture(e);
            }
          }
        },
        on -> Adapter.open(machine, on).onSuccess(found -> opened = found),
        person);
  }

  @BeforeEach
  void devices() {
    module = module();
    heart = device("C4:00:00:00:00:01", "Heart", HEART, Set.of(Property.NOTIFY, Property.READ));
    device("C4:00:00:00:00:02", "Lamp", Uuids.parse("feed"), Set.of(Property.READ));
    page.policy = Set.of("requestDevice/" + HEART, "requestDevice/" + BATTERY);
  }

  private SimDevice device(String address, String name, UUID service, Set<Property> properties) {
    List<ServiceSpec> services = new ArrayList<>();
    for (UUID one : List.of(service, BATTERY, KEYBOARD, Uuids.parse("180a"))) {
      services.add(
          new ServiceSpec(
              one,
              List.of(
                  new ServiceSpec.CharacteristicSpec(Uuids.parse("2a37"), properties, List.of()),
                  new ServiceSpec.CharacteristicSpec(
                      Uuids.parse("2a25"), Set.of(Property.READ), List.of()),
                  new ServiceSpec.CharacteristicSpec(
                      Uuids.parse("2a02"), Set.of(Property.READ, Property.WRITE), List.of()))));
    }
    return radio.device(
        address,
        new AdvertisingData(Optional.of(name), List.of(service), Map.of(), Map.of()),
        services,
        new GattHandler() {
          @Override
          public Future<Buffer> read(Request request) {
            return Future.succeededFuture(Buffer.buffer("value"));
          }

          @Override
          public Future<Void> write(Request request, Buffer value) {
            return Future.succeededFuture();
          }
        });
  }

  // ---- calls

  private Future<Reply> start(String function, String resource, String params) {
    Command command =
        module.commands().stream()
            .filter(one -> one.function().equals(function))
            .findFirst()
            .orElseThrow();
    try {
      return command.handler().handle(new FakeCall(page, resource, params.replace('\'', '"')));
    } catch (BridgeError refused) {
      return Future.failedFuture(refused);
    }
  }

  private JsonNode call(String function, String resource, String params) {
    Future<Reply> reply = settled(start(function, resource, params));
    assertTrue(reply.succeeded(), () -> function + ": " + reply.cause());
    return JSON.valueToTree(((Reply.Data) reply.result()).value());
  }

  private Future<Reply> settled(Future<Reply> reply) {
    for (int i = 0; i < 100 && !reply.isComplete(); i++) {
      scheduler.advance(Duration.ofMillis(500));
    }
    assertTrue(reply.isComplete(), "every call settles");
    return reply;
  }

  private BridgeError refused(String function, String resource, String params) {
    Future<Reply> reply = settled(start(function, resource, params));
    assertTrue(reply.failed(), () -> function + " succeeded");
    return (BridgeError) reply.cause();
  }

  private JsonNode choose() {
    return call(
        "requestDevice",
        HEART.toString(),
        "{'filters':[{'services':['%s']}],'services':['%s','%s']}"
            .formatted(HEART, HEART, BATTERY));
  }

  private String open() {
    return call("device", choose().path("id").asText(), "{}").path("id").asText();
  }

  private String connected() {
    String handle = open();
    assertEquals(1, call("connect", handle, "{}").path("link").asInt());
    return handle;
  }

  private int attribute(String handle, UUID service, String characteristic) {
    for (JsonNode one : call("services", handle, "{}").path("services")) {
      if (one.path("uuid").asText().equals(service.toString())) {
        for (JsonNode it : one.path("characteristics")) {
          if (it.path("uuid").asText().equals(Uuids.parse(characteristic).toString())) {
            return it.path("id").asInt();
          }
        }
      }
    }
    return -1;
  }

  private record Heard(int kind, int attribute, byte[] bytes) {}

  private List<Heard> heard(FakeChannel channel) {
    List<Heard> all = new ArrayList<>();
    for (byte[] message : channel.messages) {
      ByteBuffer bytes = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
      while (bytes.hasRemaining()) {
        int kind = bytes.get();
        int attribute = bytes.getInt();
        byte[] value = new byte[bytes.getShort() & 0xffff];
        bytes.get(value);
        all.add(new Heard(kind, attribute, value));
      }
    }
    return all;
  }

  private FakeChannel channel() {
    return page.channels.get(page.channels.size() - 1);
  }

  // ---- choosing

  @Test
  void thePersonSeesWhatFitsAndTheOriginGetsARandomIdThatOutlivesTheRun() throws IOException {
    JsonNode granted = choose();
    assertEquals("Heart", granted.path("name").asText());
    assertTrue(granted.path("id").asText().matches("[0-9a-f]{32}"), granted::toString);
    assertTrue(
        person.seen.stream()
            .flatMap(view -> view.devices().stream())
            .allMatch(one -> one.name().equals(Optional.of("Heart"))));
    assertFalse(machine.isScanning(), "it looks no longer than the chooser stands");
    Path file = data.resolve(".bluetooth/grants.json");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())));
    assertEquals(List.of(file.getParent()), module.secretFiles());
    Grants again = new Grants(data, RandomSource.seeded(1));
    assertEquals(granted.path("id").asText(), again.of(ORIGIN).get(0).id());
    assertEquals(List.of(), again.of("https://other.localhost"));
    assertEquals(choose().path("id"), granted.path("id"), "the same device, the same id");
  }

  @Test
  void twoPagesMayAskForOneDeviceAtOnceAndBothUseIt() throws Exception {
    String request = "{'filters':[{'services':['%s']}],'services':['%s']}".formatted(HEART, HEART);
    Future<Reply> one = start("requestDevice", HEART.toString(), request);
    FakePage other = new FakePage();
    other.policy = page.policy;
    Command ask =
        module.commands().stream()
            .filter(command -> command.function().equals("requestDevice"))
            .findFirst()
            .orElseThrow();
    Future<Reply> two =
        ask.handler().handle(new FakeCall(other, HEART.toString(), request.replace('\'', '"')));
    Object first = ((Reply.Data) settled(one).result()).value();
    assertEquals(first, ((Reply.Data) settled(two).result()).value(), "one grant of one origin");
    assertEquals(1, new Grants(data, RandomSource.seeded(1)).of(ORIGIN).size());
    connected();
    assertEquals(1, machine.links().size());
  }

  @Test
  void nobodyChosenIsNotFoundAndNothingIsKept() {
    person.takes = Optional.empty();
    BridgeError error =
        refused(
            "requestDevice",
            HEART.toString(),
            "{'filters':[{'services':['%s']}]}".formatted(HEART));
    assertEquals("NotFoundError", error.name());
    assertEquals("[]", call("devices", "", "{}").toString());
    assertFalse(Files.exists(data.resolve(".bluetooth")));
  }

  @Test
  void aRequestIsRefusedBeforeAnybodyIsAskedWhenItIsWrong() {
    for (String wrong :
        List.of(
            "{'filters':[]}",
            "{'filters':[{}]}",
            "{'filters':7}",
            "{'filters':[{'services':['180d']}]}",
            "{'filters':[{'services':['%s']}]}".formatted(BATTERY),
            "{'services':['%s']}".formatted(HEART.toString().toUpperCase(java.util.Locale.ROOT)),
            "{'filters':[{'name':'%s'}]}".formatted("x".repeat(249)),
            "{'filters':[{'manufacturerData':[{'companyIdentifier':70000}]}]}",
            "{'filters':[{'manufacturerData':[{'companyIdentifier':1,'dataPrefix':'AQ==','mask':'AQI='}]}]}",
            "{'filters':[{'manufacturerData':[{'companyIdentifier':1,'dataPrefix':'?'}]}]}")) {
      assertEquals("TypeError", refused("requestDevice", HEART.toString(), wrong).name(), wrong);
    }
    assertEquals("TypeError", refused("requestDevice", "heart_rate", "{}").name());
    BridgeError blocked =
        refused(
            "requestDevice",
            KEYBOARD.toString(),
            "{'filters':[{'services':['%s']}]}".formatted(KEYBOARD));
    assertEquals("SecurityError", blocked.name());
    person.gesture = false;
    assertEquals("SecurityError", refused("requestDevice", HEART.toString(), "{}").name());
    assertEquals(List.of(), person.seen);
  }

  @Test
  void aMachineWithoutAnAdapterIsNotFoundAndSaysWhatHelps() {
    machine.unusable(AdapterStatus.Reason.NO_DAEMON);
    BridgeError error = refused("requestDevice", HEART.toString(), "{}");
    assertEquals("NotFoundError", error.name());
    assertTrue(error.getMessage().contains("systemctl"), error.getMessage());
    JsonNode told = call("availability", "", "{}");
    assertEquals("NO_DAEMON", told.path("reason").asText());
    assertFalse(told.path("available").asBoolean());
    Future<Map<String, Object>> capability = module.capability();
    scheduler.advance(Duration.ofSeconds(1));
    assertEquals("NO_DAEMON", capability.result().get("reason"));
  }

  @Test
  void theChooserGoesOnWhenTheAdapterIsSwitchedOnAndForgetsWhatItHeardWhenItGoes() {
    machine.power(false);
    Future<Reply> asked =
        start(
            "requestDevice",
            HEART.toString(),
            "{'filters':[{'services':['%s']}]}".formatted(HEART));
    person.takes = Optional.of("nobody");
    scheduler.advance(Duration.ofSeconds(1));
    assertEquals(
        AdapterStatus.Reason.POWERED_OFF,
        person.seen.get(person.seen.size() - 1).status().reason());
    machine.power(true);
    scheduler.advance(Duration.ofSeconds(1));
    assertEquals(1, person.seen.get(person.seen.size() - 1).devices().size());
    machine.unplug();
    scheduler.advance(Duration.ofSeconds(1));
    assertEquals(0, person.seen.get(person.seen.size() - 1).devices().size());
    machine.plug();
    person.takes = Optional.of("C4:00:00:00:00:01");
    assertTrue(settled(asked).succeeded());
  }

  @Test
  void eachReasonIsToldWithItsCureByAvailabilityAndByCapabilities() {
    Map<AdapterStatus.Reason, String> cures =
        Map.of(
            AdapterStatus.Reason.NO_BUS, "systemctl start dbus",
            AdapterStatus.Reason.NO_DAEMON, "apt install bluez",
            AdapterStatus.Reason.NO_ADAPTER, "Plug one in",
            AdapterStatus.Reason.BLOCKED, "rfkill unblock bluetooth",
            AdapterStatus.Reason.POWERED_OFF, "bluetoothctl power on",
            AdapterStatus.Reason.ACCESS_DENIED, "group 'bluetooth'",
            AdapterStatus.Reason.UNSUPPORTED_PLATFORM, "Linux with BlueZ");
    cures.forEach(
        (reason, cure) -> {
          machine.unusable(reason);
          JsonNode told = call("availability", "", "{}");
          assertEquals(reason.name(), told.path("reason").asText());
          assertFalse(told.path("available").asBoolean());
          assertTrue(told.path("cure").asText().contains(cure), told::toString);
          Future<Map<String, Object>> capability = module.capability();
          scheduler.advance(Duration.ofSeconds(1));
          assertEquals(told, JSON.valueToTree(capability.result()));
        });
    machine.plug();
    JsonNode ready = call("availability", "", "{}");
    assertTrue(ready.path("available").asBoolean());
    assertEquals("", ready.path("cure").asText());
  }

  @Test
  void availabilityIsToldWhenItChanges() throws Exception {
    call("availability", "", "{'watch':true}");
    machine.power(false);
    scheduler.advance(Duration.ofSeconds(1));
    JsonNode told = JSON.readTree(channel().messages.get(channel().messages.size() - 1));
    assertEquals("POWERED_OFF", told.path("reason").asText());
    page.leave();
    int before = channel().messages.size();
    machine.power(true);
    scheduler.advance(Duration.ofSeconds(1));
    assertEquals(before, channel().messages.size());
    assertTrue(channel().closed);
  }

  // ---- what is visible

  @Test
  void aServiceThatPolicyOrGrantDoesNotNameIsInvisibleOnAConnectedDevice() {
    String handle = connected();
    JsonNode table = call("services", handle, "{}");
    assertEquals(
        List.of(HEART.toString(), BATTERY.toString()),
        table.path("services").findValuesAsText("uuid").stream()
            .filter(uuid -> !uuid.startsWith("00002a"))
            .toList());
    assertEquals(-1, attribute(handle, HEART, "2a25"), "serial numbers are of the blocklist");
    int rate = attribute(handle, HEART, "2a37");
    assertEquals(
        Base64.getEncoder()
            .encodeToString("value".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
        call("read", handle, "{'attribute':%d}".formatted(rate)).asText());
    // A page whose policy names less sees less of the same handle.
    page.policy = Set.of("requestDevice/" + BATTERY);
    assertEquals(
        "InvalidStateError", refused("read", handle, "{'attribute':%d}".formatted(rate)).name());
    assertEquals(-1, attribute(handle, HEART, "2a37"));
    page.policy = Set.of("requestDevice/" + KEYBOARD);
    assertEquals("[]", call("services", handle, "{}").path("services").toString());
    assertEquals("[]", call("devices", "", "{}").toString());
    assertEquals(
        "NotFoundError",
        refused("device", new Grants(data, count -> new byte[count]).of(ORIGIN).get(0).id(), "{}")
            .name());
  }

  @Test
  void whatCantBeDoneHasTheNameThatChromiumGivesIt() {
    String handle = connected();
    int rate = attribute(handle, HEART, "2a37");
    int privacy = attribute(handle, HEART, "2a02");
    assertEquals(
        "SecurityError",
        refused("write", handle, "{'attribute':%d,'value':'AA=='}".formatted(privacy)).name());
    assertEquals(
        "NotSupportedError",
        refused("write", handle, "{'attribute':%d,'value':'AA=='}".formatted(rate)).name());
    assertEquals(
        "InvalidModificationError",
        refused(
                "write",
                handle,
                "{'attribute':%d,'value':'%s'}"
                    .formatted(rate, Base64.getEncoder().encodeToString(new byte[513])))
            .name());
    assertEquals("InvalidStateError", refused("read", handle, "{'attribute':999}").name());
    machine.hangNext(SimOperation.READ);
    assertEquals(
        "NetworkError", refused("read", handle, "{'attribute':%d}".formatted(rate)).name());
    heart.disconnect();
    scheduler.advance(Duration.ofSeconds(1));
    assertEquals(
        "NetworkError", refused("read", handle, "{'attribute':%d}".formatted(rate)).name());
    assertEquals(
        List.of(1), heard(channel()).stream().map(Heard::kind).toList(), "it is told once");
    assertEquals(2, call("connect", handle, "{}").path("link").asInt());
    assertEquals(
        "InvalidStateError", refused("read", handle, "{'attribute':%d}".formatted(rate)).name());
  }

  // ---- values

  @Test
  void valuesOfOneTurnComeInOneMessage() {
    String handle = connected();
    int rate = attribute(handle, HEART, "2a37");
    call("notify", handle, "{'attribute':%d,'on':true}".formatted(rate));
    for (int i = 0; i < 50; i++) {
      heart.notify(RATE, Buffer.buffer().appendInt(i));
    }
    scheduler.advance(Duration.ofSeconds(1));
    List<Heard> told = heard(channel());
    assertEquals(50, told.size());
    assertTrue(told.stream().allMatch(one -> one.kind() == 0 && one.attribute() == rate));
    assertTrue(channel().messages.size() <= 2, "messages: " + channel().messages.size());
    call("notify", handle, "{'attribute':%d,'on':false}".formatted(rate));
    heart.notify(RATE, Buffer.buffer("late"));
    scheduler.advance(Duration.ofSeconds(1));
    assertEquals(50, heard(channel()).size());
  }

  @Test
  void aSlowPageHasBoundedMemoryAndIsToldHowManyValuesItLost() {
    String handle = connected();
    int rate = attribute(handle, HEART, "2a37");
    call("notify", handle, "{'attribute':%d,'on':true}".formatted(rate));
    page.slow = true;
    int sent = 100_000;
    for (int second = 0; second < 10; second++) {
      for (int i = 0; i < sent / 10; i++) {
        heart.notify(RATE, Buffer.buffer(new byte[100]));
      }
      scheduler.advance(Duration.ofSeconds(1));
    }
    assertEquals(0, channel().messages.size());
    channel().takeAgain();
    scheduler.advance(Duration.ofSeconds(5));
    List<Heard> told = heard(channel());
    // The next value brings the count.
    heart.notify(RATE, Buffer.buffer("last"));
    scheduler.advance(Duration.ofSeconds(1));
    told = heard(channel());
    long values = told.stream().filter(one -> one.kind() == 0).count();
    long dropped = told.stream().filter(one -> one.kind() == 3).mapToLong(Heard::attribute).sum();
    assertEquals(sent + 1, values + dropped);
    assertTrue(dropped > sent / 2, "dropped: " + dropped);
    assertTrue(
        channel().messages.stream().allMatch(one -> one.length <= BluetoothLimits.WAITING_BYTES));
  }

  @Test
  void aLostLinkIsMadeAgainForAPageThatAskedForIt() {
    String handle = open();
    for (String wrong : List.of("0", "30001", "-1")) {
      assertEquals(
          "ERR_INVALID_CALL", refused("connect", handle, "{'timeout':%s}".formatted(wrong)).code());
    }
    assertEquals(
        1, call("connect", handle, "{'reconnect':true,'timeout':3000}").path("link").asInt());
    int before = attribute(handle, HEART, "2a37");
    heart.vanish();
    scheduler.advance(Duration.ofMinutes(10));
    heart.appear();
    scheduler.advance(Duration.ofMinutes(2));
    List<Heard> told = heard(channel());
    assertEquals(List.of(1, 5), told.stream().map(Heard::kind).toList());
    assertEquals(List.of(1, 2), told.stream().map(Heard::attribute).toList());
    assertEquals(
        "InvalidStateError", refused("read", handle, "{'attribute':%d}".formatted(before)).name());
    call("read", handle, "{'attribute':%d}".formatted(attribute(handle, HEART, "2a37")));
    call("disconnect", handle, "{}");
    scheduler.advance(Duration.ofMinutes(5));
    assertEquals(Set.of(), machine.links());
  }

  // ---- the end

  @Test
  void leavingThePageLetsGoOfTheLinkAndAnotherPagesShareStays() throws Exception {
    connected();
    FakePage first = page;
    FakePage second = new FakePage();
    second.policy = page.policy;
    Command device =
        module.commands().stream()
            .filter(one -> one.function().equals("device"))
            .findFirst()
            .orElseThrow();
    String id = call("devices", "", "{}").get(0).path("id").asText();
    Future<Reply> opened = settled(device.handler().handle(new FakeCall(second, id, "{}")));
    String handle = ((Map<?, ?>) ((Reply.Data) opened.result()).value()).get("id").toString();
    Command connect =
        module.commands().stream()
            .filter(one -> one.function().equals("connect"))
            .findFirst()
            .orElseThrow();
    settled(connect.handler().handle(new FakeCall(second, handle, "{}")));
    first.leave();
    scheduler.advance(Duration.ofSeconds(1));
    assertEquals(1, machine.links().size(), "the other page has it still");
    second.leave();
    scheduler.advance(Duration.ofSeconds(1));
    assertEquals(Set.of(), machine.links());
    assertTrue(first.channels.get(0).closed);
  }

  @Test
  void forgettingTakesTheGrantBackAndClosesItEverywhere() {
    String handle = connected();
    call("forget", handle, "{}");
    scheduler.advance(Duration.ofSeconds(1));
    assertEquals(Set.of(), machine.links());
    assertEquals("[]", call("devices", "", "{}").toString());
    assertTrue(channel().closed);
    assertEquals(List.of(), new Grants(data, RandomSource.seeded(1)).of(ORIGIN));
  }

  @Test
  void grantsThatCantBeReadAreAnErrorThatNamesTheFile() throws IOException {
    Path folder = Files.createDirectories(data.resolve(".bluetooth"));
    Files.writeString(folder.resolve("grants.json"), "{");
    BridgeError error =
        assertThrows(BridgeError.class, () -> new Grants(data, RandomSource.seeded(1)).of(ORIGIN));
    assertEquals("ERR_BLUETOOTH_GRANTS", error.code());
    assertTrue(error.getMessage().contains("grants.json"), error.getMessage());
  }

  @Test
  void aDeviceThatNoPageHasOpenedIsNotPaired() {
    choose();
    heart.pairingAsks(PairingAgent.Question.Authorize::new);
    Future<Void> unasked = opened.device(heart.deviceId()).pair();
    scheduler.advance(Duration.ofSeconds(60));
    assertTrue(unasked.failed());
    connected();
    Future<Void> asked = opened.device(heart.deviceId()).pair();
    scheduler.advance(Duration.ofSeconds(60));
    assertTrue(asked.succeeded());
  }

  @Test
  void theBlocklistHoldsWhateverTheFileOfGrantsSays() {
    Grants grants = new Grants(data, RandomSource.seeded(SEED));
    String id =
        grants
            .add(ORIGIN, heart.deviceId(), Optional.empty(), Set.of(KEYBOARD, HEART), Set.of())
            .id();
    page.policy = Set.of("requestDevice/" + KEYBOARD, "requestDevice/" + HEART);
    String handle = call("device", id, "{}").path("id").asText();
    call("connect", handle, "{}");
    assertEquals(-1, attribute(handle, KEYBOARD, "2a37"));
    assertTrue(attribute(handle, HEART, "2a37") > 0);
  }

  @Test
  void watchedAdvertisementsShowWhatWasGrantedOnly() throws IOException {
    heart.advertise(
        new AdvertisingData(
            Optional.of("Heart"),
            List.of(HEART, KEYBOARD),
            Map.of(1, Buffer.buffer("a"), 2, Buffer.buffer("b")),
            Map.of(HEART, Buffer.buffer("c"), KEYBOARD, Buffer.buffer("d"))));
    heart.rssiDbm(OptionalInt.of(-44));
    String id =
        call(
                "requestDevice",
                HEART.toString(),
                "{'filters':[{'services':['%s']}],'optionalManufacturerData':[2]}".formatted(HEART))
            .path("id")
            .asText();
    String handle = call("device", id, "{}").path("id").asText();
    call("watch", handle, "{'on':true}");
    scheduler.advance(Duration.ofSeconds(1));
    JsonNode seen = JSON.readTree(heard(channel()).get(0).bytes());
    assertEquals("[\"" + HEART + "\"]", seen.path("uuids").toString());
    assertEquals("[[2,\"Yg==\"]]", seen.path("manufacturerData").toString());
    assertEquals("[[\"" + HEART + "\",\"Yw==\"]]", seen.path("serviceData").toString());
    assertEquals(-44, seen.path("rssi").asInt());
    call("watch", handle, "{'on':false}");
    assertFalse(machine.isScanning());
  }

  // ---- serving

  private String server(String properties) {
    return ("{'services':['%s'],'advertised':['%s'],'name':'Us','server':[{'uuid':'%s','characteristics':["
            + "{'uuid':'%s','properties':[%s],'descriptors':[]}]}]}")
        .formatted(HEART, HEART, HEART, Uuids.parse("2a37"), properties);
  }

  @Test
  void aPageServesAndEachRequestOfACentralSettles() throws Exception {
    String handle =
        call("advertise", HEART.toString(), server("'read','write','notify'")).path("id").asText();
    SimAdapter other = radio.adapter("00:00:00:00:00:02");
    Future<Adapter> central = Adapter.open(other, scheduler);
    scheduler.advance(Duration.ofSeconds(1));
    var connecting =
        central
            .result()
            .device(new DeviceId("00:00:00:00:00:01"))
            .connect(dev.dunlin.bt.ConnectOptions.once());
    scheduler.advance(Duration.ofSeconds(1));
    var services = connecting.result().services();
    scheduler.advance(Duration.ofSeconds(1));
    var rate = services.result().get(0).characteristics().get(0);
    Future<Buffer> read = rate.read();
    scheduler.advance(Duration.ofMillis(100));
    Heard asked = heard(channel()).get(0);
    assertEquals(16, asked.kind());
    ByteBuffer head = ByteBuffer.wrap(asked.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    int request = head.getInt();
    assertEquals(1, head.getInt(), "a number, no address");
    call("answer", handle, "{'request':%d,'value':'aGk='}".formatted(request));
    scheduler.advance(Duration.ofSeconds(1));
    assertEquals("hi", read.result().toString());
    assertEquals(
        "NetworkError", refused("answer", handle, "{'request':%d}".formatted(request)).name());

    Future<Void> write =
        rate.write(Buffer.buffer("v"), dev.dunlin.bt.Characteristic.WriteMode.WITH_RESPONSE);
    scheduler.advance(Duration.ofMillis(100));
    Heard written = heard(channel()).get(1);
    assertEquals(17, written.kind());
    assertEquals(
        "v",
        new String(
            written.bytes(),
            10,
            written.bytes().length - 10,
            java.nio.charset.StandardCharsets.UTF_8));
    call(
        "answer",
        handle,
        "{'request':%d,'error':'InvalidModificationError'}".formatted(request + 1));
    scheduler.advance(Duration.ofSeconds(1));
    assertTrue(write.failed());
    // A page that does not answer: the other side is not left waiting.
    Future<Buffer> ignored = rate.read();
    scheduler.advance(Duration.ofSeconds(30));
    assertTrue(ignored.failed());

    var subscribing = rate.subscribe();
    scheduler.advance(Duration.ofSeconds(1));
    List<Buffer> values = new ArrayList<>();
    subscribing.result().events().listen(values::add);
    assertTrue(heard(channel()).stream().anyMatch(one -> one.kind() == 18 && one.bytes()[0] == 1));
    call("notify", handle, "{'attribute':0,'value':'eW8='}");
    scheduler.advance(Duration.ofSeconds(1));
    assertEquals(List.of("yo"), values.stream().map(Buffer::toString).toList());
    page.leave();
    scheduler.advance(Duration.ofSeconds(1));
    Future<Buffer> gone = rate.read();
    scheduler.advance(Duration.ofSeconds(30));
    assertTrue(gone.failed(), "it goes with the page");
  }

  @Test
  void severalCentralsAreToldApartAndAllThatListenHear() {
    String handle =
        call("advertise", HEART.toString(), server("'read','notify'")).path("id").asText();
    List<Future<Buffer>> reads = new ArrayList<>();
    List<List<Buffer>> heard = new ArrayList<>();
    List<dev.dunlin.bt.Connection> links = new ArrayList<>();
    for (int i = 2; i < 5; i++) {
      SimAdapter other = radio.adapter("00:00:00:00:00:0" + i);
      Adapter central = awaited(Adapter.open(other, scheduler));
      dev.dunlin.bt.Connection link =
          awaited(
              central
                  .device(new DeviceId("00:00:00:00:00:01"))
                  .connect(dev.dunlin.bt.ConnectOptions.once()));
      links.add(link);
      var rate = awaited(link.services()).get(0).characteristics().get(0);
      List<Buffer> values = new ArrayList<>();
      awaited(rate.subscribe()).events().listen(values::add);
      heard.add(values);
      reads.add(rate.read());
    }
    for (int i = 1; i <= 3; i++) {
      int number = i;
      scheduler.advance(Duration.ofMillis(100));
      Heard asked =
          heard(channel()).stream().filter(one -> one.kind() == 16).toList().get(number - 1);
      ByteBuffer head = ByteBuffer.wrap(asked.bytes()).order(ByteOrder.LITTLE_ENDIAN);
      int request = head.getInt();
      assertEquals(number, head.getInt(), "each has its own number");
      call(
          "answer",
          handle,
          "{'request':%d,'value':'%s'}"
              .formatted(
                  request, java.util.Base64.getEncoder().encodeToString(new byte[] {(byte) i})));
    }
    assertEquals(
        List.of(1, 2, 3), reads.stream().map(read -> (int) awaited(read).getByte(0)).toList());
    call("notify", handle, "{'attribute':0,'value':'eW8='}");
    scheduler.advance(Duration.ofSeconds(1));
    assertEquals(List.of(1, 1, 1), heard.stream().map(List::size).toList());
    // The last of them is who ends the subscription.
    for (int left = 2; left >= 0; left--) {
      assertEquals(
          0,
          heard(channel()).stream().filter(one -> one.kind() == 18 && one.bytes()[0] == 0).count());
      awaited(links.get(left).close());
      scheduler.advance(Duration.ofSeconds(1));
    }
    assertEquals(
        1,
        heard(channel()).stream().filter(one -> one.kind() == 18 && one.bytes()[0] == 0).count());
  }

  private <T> T awaited(Future<T> future) {
    return VirtualTime.await(scheduler, future);
  }

  @Test
  void aDescriptionThatIsWrongOrHidesAServiceIsRefused() {
    for (String wrong :
        List.of(
            "{}",
            "{'server':[]}",
            "{'services':[],'server':[{'uuid':'%s','characteristics':[]}]}".formatted(BATTERY),
            "{'advertised':['%s'],'server':[{'uuid':'%s','characteristics':[]}]}"
                .formatted(BATTERY, HEART),
            server(""),
            server("'fly'"))) {
      assertEquals("TypeError", refused("advertise", HEART.toString(), wrong).name(), wrong);
    }
    assertEquals(
        "SecurityError",
        refused(
                "advertise",
                KEYBOARD.toString(),
                "{'server':[{'uuid':'%s','characteristics':[]}]}".formatted(KEYBOARD))
            .name());
  }
}
