package dev.dunlin.bt.commands;

import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.PairingAgent;
import io.vertx.core.Future;
import java.util.Optional;

/** Who decides about devices: the person at a window. */
public interface BluetoothPerson {
  /**
   * Succeeds if the person has just clicked or pressed a key in the page of a window.
   *
   * @throws dev.dunlin.bridge.spi.BridgeError as the future's failure: {@code SecurityError}, or
   *     nobody is there to be asked
   */
  Future<Void> requireGesture(int window);

  /**
   * Has the person choose one of these, in a chooser over a window; one at a time.
   *
   * @param cancelled the page no longer wants to know
   * @return empty if the person chooses none
   */
  Future<Optional<DeviceId>> choose(int window, Candidates candidates, Future<Void> cancelled);

  /** Asks about the pairing of a device that the page of a window has opened. */
  Future<PairingAgent.Answer> pair(int window, PairingAgent.Question question);
}
