package dev.dunlin.shell.app;

import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.PairingAgent;
import dev.dunlin.bt.commands.BluetoothPerson;
import dev.dunlin.bt.commands.Candidates;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Optional;

/**
 * Stands in for the person in a developer's simulation: takes the device of one name as soon as it
 * is heard, and pairs with all.
 */
final class SimulatedPerson implements BluetoothPerson {
  private final String choice;

  SimulatedPerson(String choice) {
    this.choice = choice;
  }

  @Override
  public Future<Void> requireGesture(int window) {
    return Future.succeededFuture();
  }

  @Override
  public Future<Optional<DeviceId>> choose(
      int window, Candidates candidates, Future<Void> cancelled) {
    Promise<Optional<DeviceId>> chosen = Promise.promise();
    candidates.open(
        view ->
            view.devices().stream()
                .filter(one -> one.name().filter(choice::equals).isPresent())
                .findFirst()
                .ifPresent(one -> chosen.tryComplete(Optional.of(one.id()))));
    cancelled.onComplete(gone -> chosen.tryComplete(Optional.empty()));
    return chosen.future();
  }

  @Override
  public Future<PairingAgent.Answer> pair(int window, PairingAgent.Question question) {
    return Future.succeededFuture(new PairingAgent.Answer.Yes());
  }
}
