package dev.dunlin.bt;

import io.vertx.core.Future;

/** Asks the person about pairing. */
public interface PairingAgent {
  /** The answer; a failed future, or none within the pairing's deadline, is a no. */
  Future<Answer> ask(Question question);

  /** What a device's pairing needs. */
  sealed interface Question {
    Device device();

    /** Does the other side show the same six digits? */
    record ConfirmPasskey(Device device, int passkey) implements Question {}

    /** May it pair at all, without any digits? */
    record Authorize(Device device) implements Question {}

    /** Six digits that the other side shows. */
    record EnterPasskey(Device device) implements Question {}

    /** Digits to be typed at the other side; shown until pairing ends; the answer is not used. */
    record ShowPasskey(Device device, int passkey) implements Question {}
  }

  /** What the person says. */
  sealed interface Answer {
    record No() implements Answer {}

    record Yes() implements Answer {}

    /**
     * @param number 0 to 999999
     */
    record Passkey(int number) implements Answer {}
  }
}
