package dev.dunlin.shell.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.bridge.CallObserver.Way;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.scheduler.VirtualScheduler;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CallMeterTest {
  private final VirtualScheduler time = new VirtualScheduler();
  private final CallMeter meter = new CallMeter(time);

  private void call(String command, Duration length, Optional<BridgeError> fault) {
    long mark = meter.began();
    time.advance(length);
    meter.ended(mark, command, Way.CALL, 0, fault);
  }

  private static BridgeError denial(String source) {
    return new BridgeError(
        "NotAllowedError",
        "ERR_ACCESS_DENIED",
        "no",
        Map.of("source", source, "directive", "connect-src"));
  }

  @Test
  void countsCallsAndTheirTimesByCommand() {
    for (int i = 0; i < 99; i++) {
      call("os/cpus", Duration.ofMillis(1), Optional.empty());
    }
    call("os/cpus", Duration.ofMillis(80), Optional.of(new BridgeError("Error", "EIO", "no")));
    Snapshot.Command told = meter.commands().get(0);
    assertEquals(100, told.calls());
    assertEquals(100, told.lately());
    assertEquals(1, told.faults());
    assertTrue(told.p50Micros() >= 1_000 && told.p50Micros() < 1_070, told.toString());
    assertTrue(told.p99Micros() < 1_070, told.toString());
    assertEquals(0, meter.commands().get(0).lately());
    Snapshot.Rate rate = meter.rate();
    assertEquals(100, rate.calls());
    assertEquals(1, rate.faults());
    assertEquals(new Snapshot.Rate(0, 0, 0, 0), meter.rate());
    assertEquals(0, meter.denials().size());
  }

  @Test
  void countsAllOfManyCallsAndTimesSomeOfThem() {
    int calls = OperatorLimits.TIMED + 100 * OperatorLimits.TIMED_OF;
    for (int i = 0; i < calls; i++) {
      call("os/cpus", Duration.ofMillis(i < OperatorLimits.TIMED ? 1 : 50), Optional.empty());
    }
    assertEquals(calls, meter.commands().get(0).calls());
    Snapshot.Rate rate = meter.rate();
    assertEquals(calls, rate.calls());
    assertTrue(rate.p99Micros() >= 50_000, rate.toString());
    // The next period times all again.
    call("os/cpus", Duration.ofMillis(7), Optional.empty());
    assertEquals(1, meter.rate().calls());
  }

  @Test
  void keepsTheSourceThatWouldAllowWhatWasDenied() {
    call("fs/readFile", Duration.ZERO, Optional.of(denial("ipc://fs/readFile/a")));
    call("fs/readFile", Duration.ZERO, Optional.of(denial("ipc://fs/readFile/b")));
    call("fs/readFile", Duration.ZERO, Optional.of(denial("ipc://fs/readFile/a")));
    Snapshot.Denial last = meter.denials().get(0);
    assertEquals("ipc://fs/readFile/a", last.source());
    assertEquals("connect-src", last.directive());
    assertEquals(2, last.times());
    assertEquals(2, meter.denials().size());
  }

  @Test
  void isBoundedWhateverPagesCall() {
    for (int i = 0; i < OperatorLimits.COMMANDS + 200; i++) {
      call("m/" + i, Duration.ZERO, Optional.of(denial("ipc://m/" + i + "/" + "x".repeat(9_000))));
    }
    assertTrue(meter.commands().size() <= OperatorLimits.COMMANDS + 1);
    assertEquals(200, meter.commands().get(0).calls());
    assertEquals("(others)", meter.commands().get(0).name());
    assertEquals(OperatorLimits.DENIALS, meter.denials().size());
    assertEquals(OperatorLimits.TEXT_LENGTH, meter.denials().get(0).source().length());
  }
}
