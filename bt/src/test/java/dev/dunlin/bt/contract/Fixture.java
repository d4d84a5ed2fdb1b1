package dev.dunlin.bt.contract;

import dev.dunlin.bt.Adapter;
import dev.dunlin.bt.ConnectOptions;
import dev.dunlin.bt.DeviceId;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** An adapter, and in its reach a {@link ContractPeer}. One for each test. */
public interface Fixture extends AutoCloseable {
  /** The adapter held to the contract, open and on. */
  Adapter central();

  /** What that adapter knows the peer by; the peer advertises. */
  DeviceId peer();

  /** What this stack has, besides what all have. */
  Set<Feature> features();

  /** The longest value that the peer's stack takes, of the 512 bytes of the standard. */
  default int longestWrite() {
    return 512;
  }

  /** How the peer is connected to. */
  default ConnectOptions connecting() {
    return new ConnectOptions(Duration.ofSeconds(30), 3);
  }

  /** The result, or the failure, when it is there; within the patience of the fixture. */
  <T> T await(Future<T> future);

  /** Returns when it is so, and fails the test when its patience is over. */
  void until(String what, BooleanSupplier condition);

  /** Lets a second pass, or what is due in it. */
  void aSecond();

  @Override
  void close();

  /** What not every stack has. */
  enum Feature {
    /** Its adapter can be switched off and on. */
    POWER,
    /** Attributes can be encrypted, and the peer can be paired with. */
    PAIRING,
    /** Filters of a scan reach the radio, so that others are not heard at all. */
    FILTERS,
    /** The peer is our own {@link dev.dunlin.bt.Peripheral} on another adapter. */
    OWN_PEER
  }
}
