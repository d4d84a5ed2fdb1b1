package dev.dunlin.shell.cli;

import dev.dunlin.bt.Adapter;
import dev.dunlin.bt.AdapterStatus;
import dev.dunlin.bt.Advertisement;
import dev.dunlin.bt.AdvertisingData;
import dev.dunlin.bt.BluetoothError;
import dev.dunlin.bt.Characteristic;
import dev.dunlin.bt.Characteristic.Notifications;
import dev.dunlin.bt.Characteristic.WriteMode;
import dev.dunlin.bt.ConnectOptions;
import dev.dunlin.bt.Connection;
import dev.dunlin.bt.Descriptor;
import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.Peripheral.Advertising;
import dev.dunlin.bt.Property;
import dev.dunlin.bt.Scan;
import dev.dunlin.bt.ScanFilter;
import dev.dunlin.bt.ScanOptions;
import dev.dunlin.bt.Service;
import dev.dunlin.bt.Uuids;
import dev.dunlin.bt.bluez.BluezDriver;
import dev.dunlin.scheduler.EventLoops;
import dev.dunlin.scheduler.Lane;
import dev.dunlin.scheduler.Scheduler;
import dev.dunlin.scheduler.Threads;
import dev.dunlin.scheduler.VertxScheduler;
import dev.dunlin.shell.Printable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dunlin bt …}: Bluetooth LE for people who debug devices. No Chromium, no display. */
@Command(
    name = "bt",
    description = "Looks at Bluetooth LE devices, and is one.",
    subcommands = {
      BtCommand.ScanCommand.class,
      BtCommand.InspectCommand.class,
      BtCommand.ReadCommand.class,
      BtCommand.WriteCommand.class,
      BtCommand.NotifyCommand.class,
      BtCommand.AdvertiseCommand.class,
    })
final class BtCommand implements Callable<Integer> {
  /** How long the end of a command waits for the device to be let go. */
  private static final Duration CLOSING = Duration.ofSeconds(5);

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this.")
  private boolean help;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return ExitCode.USAGE;
  }

  /** What all have. */
  private abstract static class Sub implements Callable<Integer> {
    @Option(names = "--json", description = "One JSON object a line.")
    boolean json;

    @Option(
        names = "--adapter",
        paramLabel = "NAME",
        description = "The adapter, such as hci1; else the first.")
    private Optional<String> adapterName;

    @Option(
        names = "--bus",
        defaultValue = "",
        paramLabel = "ADDRESS",
        description = "Another D-Bus than the system's, such as unix:path=/run/other.")
    private String bus;

    @Option(
        names = {"-h", "--help"},
        usageHelp = true,
        description = "Show this.")
    private boolean help;

    @CommandLine.Spec CommandLine.Model.CommandSpec spec;

    PrintWriter out;
    Scheduler scheduler;
    private volatile boolean interrupted;

    /** The command itself, on the thread of the command line. */
    abstract void run(Adapter adapter);

    @Override
    public Integer call() {
      out = spec.commandLine().getOut();
      Vertx vertx = EventLoops.create();
      scheduler = new VertxScheduler(vertx, Lane.create(vertx, "bluetooth"));
      BluezDriver driver = BluezDriver.create(scheduler);
      BluezDriver named = adapterName.map(driver::withAdapter).orElse(driver);
      try {
        Adapter adapter = await(Adapter.open(bus.isEmpty() ? named : named.onBus(bus), scheduler));
        // Ctrl-C: BlueZ would keep the link.
        Threads.onExit(
            "bluetooth",
            () -> {
              interrupted = true;
              closeQuietly(adapter);
            });
        try {
          AdapterStatus status = adapter.status();
          if (!status.isReady()) {
            throw status.error();
          }
          run(adapter);
          return ExitCode.OK;
        } finally {
          closeQuietly(adapter);
        }
      } catch (BluetoothError e) {
        // Who has pressed Ctrl-C knows why it ends.
        if (!interrupted) {
          spec.commandLine().getErr().println("dunlin: " + Printable.of(e.getMessage()));
        }
        return e.kind() == BluetoothError.Kind.INVALID_ARGUMENT
            ? ExitCode.USAGE
            : ExitCode.SOFTWARE;
      } finally {
        vertx.close();
      }
    }

    private static void closeQuietly(Adapter adapter) {
      try {
        adapter
            .close()
            .toCompletionStage()
            .toCompletableFuture()
            .orTimeout(CLOSING.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
            .join();
      } catch (CompletionException e) {
        // The process ends, or the command has said what went wrong: the bus ends with it.
        return;
      }
    }

    static <T> T await(Future<T> future) {
      try {
        return future.toCompletionStage().toCompletableFuture().join();
      } catch (CompletionException e) {
        throw BluetoothError.of(e.getCause());
      }
    }

    /** Waits so long, or until this settles. */
    void pass(double seconds, Future<?> orUntil) {
      Promise<Void> passed = Promise.promise();
      scheduler.schedule(duration(seconds), passed::tryComplete);
      orUntil.onSuccess(done -> passed.tryComplete()).onFailure(passed::tryFail);
      await(passed.future());
    }

    static Duration duration(double seconds) {
      return Duration.ofMillis(Math.max(1, Math.round(seconds * 1000)));
    }

    void print(JsonObject object) {
      out.println(object.encode());
      out.flush();
    }

    void print(String line) {
      out.println(Printable.of(line));
      out.flush();
    }
  }

  // --- scan

  @Command(
      name = "scan",
      sortOptions = false,
      description = "Looks for devices: a line for each, when it is found.")
  static final class ScanCommand extends Sub {
    @Option(
        names = "--seconds",
        defaultValue = "10",
        paramLabel = "N",
        description = "How long; 10 without it. Ctrl-C ends it before.")
    private double seconds;

    @Option(
        names = "--service",
        paramLabel = "UUID",
        description = "Only those that advertise it: 180d, or a whole one.")
    private List<String> services = List.of();

    @Option(
        names = "--name",
        paramLabel = "PREFIX",
        description = "Only those whose name begins so.")
    private Optional<String> name;

    @Override
    void run(Adapter adapter) {
      ScanFilter filter =
          new ScanFilter(
              services.stream().map(Uuids::parse).collect(Collectors.toSet()),
              Optional.empty(),
              name,
              List.of(),
              Map.of(),
              OptionalInt.empty());
      Scan scan = await(adapter.scan(ScanOptions.of(filter)));
      if (!json) {
        print(row("ADDRESS", "SIGNAL", "NAME", "SERVICES AND DATA"));
      }
      scan.events().listen(this::found);
      pass(seconds, scan.events().ended());
      await(scan.stop());
    }

    private void found(Advertisement seen) {
      if (json) {
        JsonObject object = new JsonObject().put("address", seen.device().value());
        seen.name().ifPresent(text -> object.put("name", text));
        seen.rssiDbm().ifPresent(dbm -> object.put("rssi", dbm));
        seen.txPowerDbm().ifPresent(dbm -> object.put("txPower", dbm));
        JsonArray uuids = new JsonArray();
        seen.services().forEach(uuid -> uuids.add(uuid.toString()));
        JsonObject manufacturers = new JsonObject();
        seen.manufacturerData()
            .forEach((company, data) -> manufacturers.put(company(company), hex(data)));
        JsonObject serviceData = new JsonObject();
        seen.serviceData().forEach((uuid, data) -> serviceData.put(uuid.toString(), hex(data)));
        print(
            object
                .put("services", uuids)
                .put("manufacturerData", manufacturers)
                .put("serviceData", serviceData));
        return;
      }
      StringBuilder data = new StringBuilder();
      seen.services().forEach(uuid -> data.append(Uuids.brief(uuid)).append(' '));
      seen.manufacturerData()
          .forEach(
              (company, bytes) ->
                  data.append(company(company)).append('=').append(hex(bytes)).append(' '));
      seen.serviceData()
          .forEach(
              (uuid, bytes) ->
                  data.append(Uuids.brief(uuid)).append('=').append(hex(bytes)).append(' '));
      print(
          row(
              seen.device().value(),
              seen.rssiDbm().isPresent() ? seen.rssiDbm().getAsInt() + " dBm" : "?",
              seen.name().orElse(""),
              data.toString().strip()));
    }

    private static String row(String address, String signal, String name, String data) {
      return String.format(Locale.ROOT, "%-17s  %8s  %-24s  %s", address, signal, name, data)
          .stripTrailing();
    }

    private static String company(int number) {
      return String.format("0x%04x", number);
    }
  }

  // --- those that connect

  private abstract static class DeviceSub extends Sub {
    @Parameters(index = "0", paramLabel = "ADDRESS", description = "The device, as scan shows it.")
    private String address;

    @Option(
        names = "--timeout",
        defaultValue = "30",
        paramLabel = "SECONDS",
        description = "To find it and connect; 30 without it.")
    private double timeout;

    abstract void run(Connection connection);

    @Override
    void run(Adapter adapter) {
      adapter.setPairingAgent(new TerminalAgent(spec.commandLine().getErr(), System.in));
      DeviceId id = new DeviceId(address.toUpperCase(Locale.ROOT));
      Connection connection =
          await(adapter.device(id).connect(new ConnectOptions(duration(timeout), 3)));
      run(connection);
      await(connection.close());
    }
  }

  @Command(
      name = "inspect",
      sortOptions = false,
      description = "Shows a device's services, characteristics and descriptors.")
  static final class InspectCommand extends DeviceSub {
    @Option(names = "--values", description = "Reads what can be read, too.")
    private boolean values;

    @Override
    void run(Connection connection) {
      for (Service service : await(connection.services())) {
        line("service", service.uuid(), Set.of(), Optional.empty(), 0);
        for (Characteristic it : service.characteristics()) {
          line(
              "characteristic",
              it.uuid(),
              it.properties(),
              it.properties().contains(Property.READ) ? read(it.read()) : Optional.empty(),
              1);
          for (Descriptor descriptor : it.descriptors()) {
            line("descriptor", descriptor.uuid(), Set.of(), read(descriptor.read()), 2);
          }
        }
      }
    }

    /** The value, or why there is none; a device refuses some. */
    private Optional<Future<Buffer>> read(Future<Buffer> reading) {
      if (!values) {
        return Optional.empty();
      }
      Promise<Void> settled = Promise.promise();
      reading.onComplete(done -> settled.complete());
      await(settled.future());
      return Optional.of(reading);
    }

    private void line(
        String what,
        UUID uuid,
        Set<Property> properties,
        Optional<Future<Buffer>> value,
        int depth) {
      List<String> words = properties.stream().map(Property::word).sorted().toList();
      if (json) {
        JsonObject object = new JsonObject().put("type", what).put("uuid", uuid.toString());
        if (!words.isEmpty()) {
          object.put("properties", new JsonArray(words));
        }
        value.ifPresent(
            read -> {
              if (read.succeeded()) {
                object.put("value", hex(read.result()));
              } else {
                object.put("error", read.cause().getMessage());
              }
            });
        print(object);
        return;
      }
      String shown =
          value
              .map(
                  read ->
                      read.succeeded()
                          ? "  " + readable(read.result())
                          : "  (" + read.cause().getMessage() + ")")
              .orElse("");
      print(
          "  ".repeat(depth)
              + what
              + " "
              + Uuids.brief(uuid)
              + (words.isEmpty() ? "" : "  " + String.join(", ", words))
              + shown);
    }
  }

  private abstract static class CharacteristicSub extends DeviceSub {
    @Parameters(
        index = "1",
        paramLabel = "CHARACTERISTIC",
        description = "Its UUID: 2a37, or whole.")
    private String characteristic;

    @Option(
        names = "--service",
        paramLabel = "UUID",
        description = "The one of this service, if there are several.")
    private Optional<String> service;

    abstract void run(Characteristic characteristic);

    @Override
    void run(Connection connection) {
      UUID wanted = Uuids.parse(characteristic);
      Optional<UUID> within = service.map(Uuids::parse);
      run(
          await(connection.services()).stream()
              .filter(it -> within.map(it.uuid()::equals).orElse(true))
              .flatMap(it -> it.characteristics().stream())
              .filter(it -> it.uuid().equals(wanted))
              .findFirst()
              .orElseThrow(
                  () ->
                      new BluetoothError(
                          BluetoothError.Kind.NOT_FOUND,
                          "the device has no characteristic "
                              + Uuids.brief(wanted)
                              + ": 'dunlin bt inspect' shows what it has")));
    }

    void show(Buffer value) {
      if (json) {
        print(new JsonObject().put("value", hex(value)));
      } else {
        print(readable(value));
      }
    }
  }

  @Command(name = "read", sortOptions = false, description = "Reads a characteristic.")
  static final class ReadCommand extends CharacteristicSub {
    @Option(names = "--descriptor", paramLabel = "UUID", description = "This descriptor of it.")
    private Optional<String> descriptor;

    @Override
    void run(Characteristic characteristic) {
      if (descriptor.isEmpty()) {
        show(await(characteristic.read()));
        return;
      }
      UUID wanted = Uuids.parse(descriptor.get());
      show(
          await(
              characteristic.descriptors().stream()
                  .filter(it -> it.uuid().equals(wanted))
                  .findFirst()
                  .orElseThrow(
                      () ->
                          new BluetoothError(
                              BluetoothError.Kind.NOT_FOUND,
                              "the characteristic has no descriptor " + Uuids.brief(wanted)))
                  .read()));
    }
  }

  @Command(name = "write", sortOptions = false, description = "Writes a characteristic.")
  static final class WriteCommand extends CharacteristicSub {
    @Parameters(index = "2", paramLabel = "VALUE", description = "Hex, such as 0aff; see --text.")
    private String value;

    @Option(names = "--text", description = "VALUE is text, not hex.")
    private boolean text;

    @Option(names = "--without-response", description = "Does not wait for the device.")
    private boolean withoutResponse;

    @Override
    void run(Characteristic characteristic) {
      Buffer bytes = text ? Buffer.buffer(value) : hex(value);
      await(
          characteristic.write(
              bytes, withoutResponse ? WriteMode.WITHOUT_RESPONSE : WriteMode.WITH_RESPONSE));
      if (json) {
        print(new JsonObject().put("written", bytes.length()));
      } else {
        print(bytes.length() + " bytes written");
      }
    }
  }

  @Command(
      name = "notify",
      sortOptions = false,
      description = "Shows a characteristic's changes: a line for each.")
  static final class NotifyCommand extends CharacteristicSub {
    @Option(
        names = "--seconds",
        defaultValue = "1e9",
        paramLabel = "N",
        description = "How long; else until Ctrl-C.")
    private double seconds;

    @Option(
        names = "--count",
        defaultValue = "0",
        paramLabel = "N",
        description = "Ends after so many.")
    private int count;

    @Override
    void run(Characteristic characteristic) {
      Notifications notifications = await(characteristic.subscribe());
      Promise<Void> enough = Promise.promise();
      int[] shown = {0};
      notifications
          .events()
          .listen(
              value -> {
                if (count == 0 || shown[0] < count) {
                  show(value);
                  if (++shown[0] == count) {
                    enough.tryComplete();
                  }
                }
              });
      notifications.events().ended().onFailure(enough::tryFail);
      pass(seconds, enough.future());
      long dropped = notifications.events().dropped();
      await(notifications.stop());
      if (dropped > 0) {
        spec.commandLine().getErr().println("dunlin: " + dropped + " values were dropped");
      }
    }
  }

  @Command(
      name = "advertise",
      sortOptions = false,
      description = "Is a device that others find, until Ctrl-C.")
  static final class AdvertiseCommand extends Sub {
    @Option(names = "--name", paramLabel = "TEXT", description = "Its name.")
    private Optional<String> name;

    @Option(names = "--service", paramLabel = "UUID", description = "A service; may come again.")
    private List<String> services = List.of();

    @Option(
        names = "--manufacturer",
        paramLabel = "COMPANY=HEX",
        description = "Data under a company's number: 0xffff=0102.")
    private Map<String, String> manufacturers = Map.of();

    @Option(
        names = "--seconds",
        defaultValue = "1e9",
        paramLabel = "N",
        description = "How long; else until Ctrl-C.")
    private double seconds;

    @Override
    void run(Adapter adapter) {
      Map<Integer, Buffer> data = new HashMap<>();
      manufacturers.forEach((company, bytes) -> data.put(company(company), hex(bytes)));
      Advertising advertising =
          await(
              adapter
                  .peripheral()
                  .advertise(
                      new AdvertisingData(
                          name, services.stream().map(Uuids::parse).toList(), data, Map.of())));
      String address = adapter.status().address();
      if (json) {
        print(new JsonObject().put("advertising", address));
      } else {
        print("advertising as " + address + "; Ctrl-C ends it");
      }
      Promise<Void> gone = Promise.promise();
      adapter.onStatus(
          status -> {
            if (!status.isReady()) {
              gone.tryFail(status.error());
            }
          });
      pass(seconds, gone.future());
      await(advertising.stop());
    }

    private static int company(String text) {
      try {
        int number = Integer.decode(text);
        if (number >= 0 && number <= 0xffff) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Said below, as of one that is too large.
      }
      throw new BluetoothError(
          BluetoothError.Kind.INVALID_ARGUMENT,
          "'" + text + "' is no company's number: write 0x0000 to 0xffff");
    }
  }

  // --- values

  private static String hex(Buffer value) {
    return HexFormat.of().formatHex(value.getBytes());
  }

  private static Buffer hex(String text) {
    try {
      return Buffer.buffer(
          HexFormat.of().parseHex(text.startsWith("0x") ? text.substring(2) : text));
    } catch (IllegalArgumentException e) {
      throw new BluetoothError(
          BluetoothError.Kind.INVALID_ARGUMENT,
          "'" + text + "' is not hex: write two digits a byte, such as 0aff");
    }
  }

  /** Hex, and the text if it is one. */
  static String readable(Buffer value) {
    if (value.length() == 0) {
      return "(empty)";
    }
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value.getBytes())).toString();
      if (text.chars().noneMatch(Character::isISOControl)) {
        return hex(value) + "  \"" + text + "\"";
      }
    } catch (CharacterCodingException e) {
      // Bytes only.
      return hex(value);
    }
    return hex(value);
  }
}
