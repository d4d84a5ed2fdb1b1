package dev.dunlin.bt.sim;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bt.Adapter;
import dev.dunlin.bt.BluetoothError;
import dev.dunlin.bt.Characteristic;
import dev.dunlin.bt.ConnectOptions;
import dev.dunlin.bt.Connection;
import dev.dunlin.bt.Device;
import dev.dunlin.bt.Property;
import dev.dunlin.bt.Scan;
import dev.dunlin.bt.ScanFilter;
import dev.dunlin.bt.ScanOptions;
import dev.dunlin.bt.Service;
import dev.dunlin.bt.Uuids;
import dev.dunlin.scheduler.Scheduler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.UUID;

/**
 * Another machine that looks for a service, connects to whoever advertises it and does what a file
 * tells, step by step. What a step brings is what the next {@code write} without a value writes; of
 * a step that fails, the kind of its failure.
 */
final class SimVisitor {
  private final Adapter adapter;
  private final Scheduler scheduler;
  private final UUID service;
  private final JsonNode steps;

  // --- owned by the lane
  private Buffer last = Buffer.buffer();
  private boolean begun;

  private SimVisitor(Adapter adapter, Scheduler scheduler, UUID service, JsonNode steps) {
    this.adapter = adapter;
    this.scheduler = scheduler;
    this.service = service;
    this.steps = steps;
  }

  static void start(SimAdapter machine, Scheduler scheduler, UUID service, JsonNode steps) {
    Adapter.open(machine, scheduler)
        .map(adapter -> new SimVisitor(adapter, scheduler, service, steps))
        .compose(
            visitor ->
                visitor
                    .adapter
                    .scan(ScanOptions.of(ScanFilter.service(service)))
                    .onSuccess(visitor::look));
  }

  private void look(Scan scan) {
    scan.events()
        .listen(
            seen -> {
              if (!begun) {
                begun = true;
                scan.stop();
                visit(adapter.device(seen.device()));
              }
            });
  }

  private void visit(Device device) {
    device
        .connect(ConnectOptions.once())
        .compose(
            connection ->
                connection
                    .services()
                    .compose(all -> steps(connection, all))
                    .eventually(connection::close));
  }

  private Future<Void> steps(Connection connection, List<Service> services) {
    Future<Void> done = Future.succeededFuture();
    for (JsonNode step : steps) {
      done =
          done.compose(
              before ->
                  step(services, step)
                      .recover(
                          failure ->
                              Future.succeededFuture(
                                  Buffer.buffer(BluetoothError.of(failure).kind().name())))
                      .map(
                          brought -> {
                            last = brought;
                            return null;
                          }));
    }
    return done;
  }

  private Future<Buffer> step(List<Service> services, JsonNode step) {
    if (step.has("read")) {
      return find(services, step.path("read")).read();
    }
    if (step.has("await")) {
      return find(services, step.path("await")).subscribe().compose(this::next);
    }
    Buffer value = step.has("value") || step.has("text") ? SimFile.value(step) : last;
    Characteristic to = find(services, step.path("write"));
    return to.write(
            value,
            to.properties().contains(Property.WRITE)
                ? Characteristic.WriteMode.WITH_RESPONSE
                : Characteristic.WriteMode.WITHOUT_RESPONSE)
        .map(Buffer.buffer("written"));
  }

  /** The first value that comes; the subscription ends with it. */
  private Future<Buffer> next(Characteristic.Notifications told) {
    Promise<Buffer> first = Promise.promise();
    told.events().listen(first::tryComplete);
    scheduler.schedule(
        ConnectOptions.DEFAULT_TIMEOUT,
        () -> first.tryFail(new BluetoothError(BluetoothError.Kind.TIMEOUT, "no value was told")));
    return first.future().eventually(told::stop);
  }

  private Characteristic find(List<Service> services, JsonNode name) {
    UUID uuid = Uuids.parse(name.asText());
    return services.stream()
        .filter(one -> one.uuid().equals(service))
        .flatMap(one -> one.characteristics().stream())
        .filter(one -> one.uuid().equals(uuid))
        .findFirst()
        .orElseThrow(
            () -> new BluetoothError(BluetoothError.Kind.NOT_FOUND, "nobody serves " + uuid));
  }
}
