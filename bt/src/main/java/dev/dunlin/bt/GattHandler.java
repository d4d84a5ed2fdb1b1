package dev.dunlin.bt;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.UUID;

/**
 * What answers those who connect. Called on the lane, one request after the other; one that is not
 * answered within {@link #TIME_LIMIT} fails at the other side.
 *
 * <p>A failure of kind NOT_SUPPORTED, NOT_AUTHORIZED or INVALID_LENGTH is told to the other side as
 * that; any other as "failed".
 */
public interface GattHandler {
  /**
   * The time one request has. Short, because bluetoothd 5.66 crashes when a link breaks while it
   * waits for an answer.
   */
  java.time.Duration TIME_LIMIT = java.time.Duration.ofSeconds(3);

  /** The whole value; the part that one packet takes is cut from it here. */
  Future<Buffer> read(Request request);

  /** A whole value. */
  Future<Void> write(Request request, Buffer value);

  /** Whether somebody is subscribed has changed. */
  default void subscribed(AttributeRef characteristic, boolean subscribed) {}

  /**
   * Who asks for what.
   *
   * @param mtuBytes 0 if the stack does not say
   */
  record Request(AttributeRef attribute, UUID uuid, DeviceId central, int mtuBytes) {}
}
