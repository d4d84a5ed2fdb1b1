package dev.dunlin.bt.commands;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Permission;
import dev.dunlin.bridge.spi.Command.Resource;
import dev.dunlin.bridge.spi.Command.RunsOn;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.HandleId;
import dev.dunlin.bridge.spi.Inspectable;
import dev.dunlin.bridge.spi.PushChannel;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.bt.Adapter;
import dev.dunlin.bt.AdapterStatus;
import dev.dunlin.bt.Device;
import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.PairingAgent;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.Scheduler;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Bluetooth of pages: {@code ipc://bluetooth/requestDevice/<service UUID>}, {@code
 * ipc://bluetooth/advertise/<service UUID>}, and what is done with what was granted. See
 * docs/bluetooth.md.
 */
public final class BluetoothModule implements CommandModule, Inspectable {
  static final String REQUEST_DEVICE = "requestDevice";

  /** Tries of one {@code connect}; all of them have one deadline. */
  static final int CONNECT_ATTEMPTS = 3;

  /** Runs work that may block elsewhere. */
  @FunctionalInterface
  public interface Blocking {
    <T> Future<T> run(Callable<T> work);
  }

  private final Function<Scheduler, Future<Adapter>> open;
  private final Supplier<Scheduler> schedulers;
  private final Blocking blocking;
  private final BluetoothPerson person;
  private final Grants grants;
  private final Set<PageDevice> devices = ConcurrentHashMap.newKeySet();

  // Guarded by this.
  private Optional<Scheduler> scheduler = Optional.empty();
  private Optional<Future<Adapter>> adapter = Optional.empty();

  /**
   * @param data the app's own folder, in which grants are kept
   * @param schedulers asked once, when a page first wants Bluetooth
   * @param open the machine's Bluetooth, opened then; a failure is tried again with the next call
   */
  public BluetoothModule(
      Path data,
      RandomSource random,
      Supplier<Scheduler> schedulers,
      Blocking blocking,
      Function<Scheduler, Future<Adapter>> open,
      BluetoothPerson person) {
    this.grants = new Grants(data, random);
    this.schedulers = schedulers;
    this.blocking = blocking;
    this.open = open;
    this.person = person;
  }

  @Override
  public String name() {
    return "bluetooth";
  }

  @Override
  public List<Path> secretFiles() {
    return List.of(grants.folder());
  }

  @Override
  public List<Command> commands() {
    return List.of(
        new Command(
            REQUEST_DEVICE,
            new Resource.Text("services"),
            Permission.PERSON,
            RunsOn.EVENT_LOOP,
            call -> answer(request(call))),
        new Command(
            "advertise",
            new Resource.Text("services"),
            Permission.POLICY,
            RunsOn.EVENT_LOOP,
            call -> answer(advertise(call))),
        new Command(
            "availability",
            new Resource.None(),
            Permission.POLICY,
            RunsOn.EVENT_LOOP,
            call -> answer(availability(call))),
        new Command(
            "devices",
            new Resource.None(),
            Permission.POLICY,
            RunsOn.WORKER,
            call -> answer(Future.succeededFuture(granted(call)))),
        new Command(
            "device",
            new Resource.Text(),
            Permission.POLICY,
            RunsOn.WORKER,
            call -> answer(openDevice(call))),
        onDevice("connect", PageDevice::connect),
        onDevice("disconnect", (device, call) -> device.disconnect()),
        onDevice("services", PageDevice::services),
        onDevice("read", PageDevice::read),
        onDevice("write", PageDevice::write),
        onDevice("watch", PageDevice::watch),
        handle("forget", this::forget),
        handle("close", this::closeDevice),
        handle("notify", this::tell),
        handle("answer", call -> onLane(() -> call.handle(PagePeripheral.class).answer(call))),
        handle("stop", this::stop));
  }

  /** The members of {@code application.capabilities().bluetooth}. */
  public Future<Map<String, Object>> capability() {
    return adapter()
        .compose(Adapter::refresh)
        .map(BluetoothModule::describe)
        .recover(
            refused ->
                Future.succeededFuture(
                    Map.of(
                        "available",
                        false,
                        "reason",
                        "FAILED",
                        "message",
                        String.valueOf(refused.getMessage()),
                        "cure",
                        "",
                        "canAdvertise",
                        false)));
  }

  /** Of the adapter, once a page has used it: to look opens nothing. */
  @Override
  public Future<Map<String, Object>> inspect() {
    Optional<Future<Adapter>> opened;
    synchronized (this) {
      opened = adapter;
    }
    return opened
        .filter(Future::succeeded)
        .map(one -> onLane(() -> Future.succeededFuture(describe(one.result().status()))))
        .orElseGet(() -> Future.succeededFuture(Map.of()));
  }

  @Override
  public Future<Void> shutDown() {
    Optional<Future<Adapter>> opened;
    synchronized (this) {
      opened = adapter;
    }
    return opened
        .filter(Future::succeeded)
        .map(one -> one.result().close())
        .orElseGet(Future::succeededFuture);
  }

  // ---- the adapter

  private synchronized Scheduler scheduler() {
    if (scheduler.isEmpty()) {
      scheduler = Optional.of(schedulers.get());
    }
    return scheduler.get();
  }

  private Future<Adapter> adapter() {
    Scheduler on = scheduler();
    synchronized (this) {
      if (adapter.isEmpty() || adapter.get().failed()) {
        adapter =
            Optional.of(open.apply(on).onSuccess(opened -> opened.setPairingAgent(this::pair)));
      }
      return adapter.get();
    }
  }

  private <T> Future<T> onLane(Supplier<Future<T>> work) {
    return scheduler().lane().call(work);
  }

  private static Map<String, Object> describe(AdapterStatus status) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("available", status.isReady());
    told.put("reason", status.reason().name());
    told.put("message", status.message());
    told.put("cure", status.cure());
    told.put("canAdvertise", status.canAdvertise());
    return told;
  }

  private Future<Object> availability(Call call) {
    boolean watch = call.params().path("watch").asBoolean();
    return adapter()
        .compose(Adapter::refresh)
        .compose(
            status -> {
              if (!watch) {
                return Future.succeededFuture(describe(status));
              }
              PushChannel channel =
                  call.openPush(PushChannel.Overflow.DROP_OLDEST, BluetoothLimits.WAITING_BYTES);
              Adapter opened = adapter().result();
              Adapter.Subscription hearing =
                  opened.onStatus(
                      changed ->
                          channel.offer(
                              new JsonObject(describe(changed))
                                  .encode()
                                  .getBytes(StandardCharsets.UTF_8)));
              HandleId id =
                  register(
                      call,
                      () -> {
                        hearing.close();
                        channel.close();
                      });
              return Future.succeededFuture(opened(id, channel.id()));
            });
  }

  // ---- granted devices

  private Future<Object> request(Call call) {
    Wanted wanted = Wanted.of(call);
    int window = call.caller().window();
    return person
        .requireGesture(window)
        .compose(asked -> adapter())
        .compose(
            opened -> {
              AdapterStatus status = opened.status();
              if (!isChoosable(status.reason())) {
                return Future.failedFuture(
                    Faults.notFound(
                        "Bluetooth adapter not available. "
                            + status.message()
                            + " "
                            + status.cure()));
              }
              Candidates candidates =
                  new Candidates(opened, scheduler(), wanted.filters(), wanted.exclusions());
              return person
                  .choose(window, candidates, call.cancelled())
                  .onComplete(done -> candidates.close())
                  .compose(chosen -> grant(call, opened, wanted, chosen));
            });
  }

  /** Whether the person can do something about it while the chooser stands. */
  private static boolean isChoosable(AdapterStatus.Reason reason) {
    return switch (reason) {
      case READY, POWERED_OFF, BLOCKED -> true;
      default -> false;
    };
  }

  private Future<Object> grant(
      Call call, Adapter opened, Wanted wanted, Optional<DeviceId> chosen) {
    if (chosen.isEmpty()) {
      return Future.failedFuture(Faults.notFound("User cancelled the requestDevice() chooser."));
    }
    Optional<String> name = opened.device(chosen.get()).advertisement().name();
    return blocking
        .run(
            () ->
                grants.add(
                    call.caller().origin(),
                    chosen.get(),
                    name,
                    wanted.services(),
                    wanted.companies()))
        .map(
            grant -> {
              devices.stream()
                  .filter(open -> isSame(open.grant(), grant))
                  .forEach(open -> open.grant(grant));
              return describe(grant);
            });
  }

  private static boolean isSame(Grants.Grant one, Grants.Grant other) {
    return one.origin().equals(other.origin()) && one.id().equals(other.id());
  }

  private static Object describe(Grants.Grant grant) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("id", grant.id());
    grant.name().ifPresent(name -> told.put("name", name));
    return told;
  }

  /** A device of which the policy names no service is not there for the page. */
  private static boolean isVisible(Call call, Grants.Grant grant) {
    return grant.services().stream()
            .anyMatch(service -> call.allows(REQUEST_DEVICE, service.toString()))
        || call.allows(REQUEST_DEVICE, Wanted.NO_SERVICE);
  }

  private Object granted(Call call) {
    return grants.of(call.caller().origin()).stream()
        .filter(grant -> isVisible(call, grant))
        .map(BluetoothModule::describe)
        .toList();
  }

  private Future<Object> openDevice(Call call) {
    Grants.Grant grant =
        grants
            .find(call.caller().origin(), call.resource())
            .filter(found -> isVisible(call, found))
            .orElseThrow(
                () ->
                    Faults.notFound(
                        "no such device is granted any more: call requestDevice() again"));
    return adapter()
        .compose(
            opened ->
                onLane(
                    () -> {
                      PushChannel channel =
                          call.openPush(
                              PushChannel.Overflow.STOP_READING, BluetoothLimits.WAITING_BYTES);
                      PageDevice[] self = new PageDevice[1];
                      PageDevice device =
                          new PageDevice(
                              opened,
                              scheduler(),
                              grant,
                              call.caller().window(),
                              channel,
                              () -> devices.remove(self[0]));
                      self[0] = device;
                      devices.add(device);
                      return Future.succeededFuture(opened(register(call, device), channel.id()));
                    }));
  }

  private Future<Reply> forget(Call call) {
    PageDevice device = call.handle(PageDevice.class);
    Grants.Grant grant = device.grant();
    call.release();
    return blocking
        .run(
            () -> {
              grants.remove(grant.origin(), grant.id());
              return Reply.NOTHING;
            })
        .onComplete(
            done ->
                List.copyOf(devices).stream()
                    .filter(open -> open == device || isSame(open.grant(), grant))
                    .forEach(PageDevice::close));
  }

  private Future<Reply> closeDevice(Call call) {
    call.handle(PageDevice.class).close();
    call.release();
    return Future.succeededFuture(Reply.NOTHING);
  }

  /**
   * Of a device: whether it tells a characteristic's values. Of what is served: a value to tell.
   */
  private Future<Object> tell(Call call) {
    AutoCloseable of = call.handle(AutoCloseable.class);
    return onLane(
        () ->
            of instanceof PagePeripheral serving
                ? serving.notify(call)
                : call.handle(PageDevice.class).notify(call));
  }

  /** Only a device that a page has opened is paired, and at that page's window. */
  private Future<PairingAgent.Answer> pair(PairingAgent.Question question) {
    Device device = question.device();
    return devices.stream()
        .filter(open -> open.grant().device().equals(device.id()))
        .findFirst()
        .map(open -> person.pair(open.window(), question))
        .orElseGet(() -> Future.succeededFuture(new PairingAgent.Answer.No()));
  }

  // ---- serving

  private Future<Object> advertise(Call call) {
    Set<UUID> policed = Wanted.policed(call);
    PagePeripheral.Description description = PagePeripheral.describe(call, policed);
    return adapter()
        .compose(
            opened ->
                onLane(
                    () -> {
                      PushChannel channel =
                          call.openPush(
                              PushChannel.Overflow.STOP_READING, BluetoothLimits.WAITING_BYTES);
                      PagePeripheral serving =
                          new PagePeripheral(
                              opened.peripheral(), scheduler(), description, channel);
                      return serving
                          .start()
                          .map(begun -> opened(register(call, serving), channel.id()));
                    }));
  }

  private Future<Reply> stop(Call call) {
    call.handle(PagePeripheral.class).close();
    call.release();
    return Future.succeededFuture(Reply.NOTHING);
  }

  // ---- answers

  private static HandleId register(Call call, AutoCloseable opened) {
    try {
      return call.register(opened);
    } catch (BridgeError refused) {
      try {
        opened.close();
      } catch (Exception e) {
        refused.addSuppressed(e);
      }
      throw refused;
    }
  }

  private static Object opened(HandleId id, int channel) {
    return Map.of("id", id.value(), "channel", channel);
  }

  private static Future<Reply> answer(Future<Object> work) {
    return work.<Reply>map(Reply.Data::new).recover(Faults::fail);
  }

  private Command onDevice(String function, BiFunction<PageDevice, Call, Future<Object>> work) {
    return handle(
        function,
        call -> {
          PageDevice device = call.handle(PageDevice.class);
          return onLane(() -> work.apply(device, call));
        });
  }

  private static <T> Command handle(String function, Function<Call, Future<T>> work) {
    return new Command(
        function,
        new Resource.Handle(),
        Permission.POLICY,
        RunsOn.EVENT_LOOP,
        call ->
            work.apply(call)
                .<Reply>map(done -> done instanceof Reply reply ? reply : new Reply.Data(done))
                .recover(Faults::fail));
  }
}
