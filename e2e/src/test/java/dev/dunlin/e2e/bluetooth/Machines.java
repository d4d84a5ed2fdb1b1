package dev.dunlin.e2e.bluetooth;

import dev.dunlin.scheduler.Threads;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;

/** Starts machines for suites, which are skipped by name where none can be had. */
final class Machines {
  private Machines() {}

  static BluetoothMachine startOrSkip() {
    return startOrSkip(1).get(0);
  }

  /** So many, side by side. */
  static List<BluetoothMachine> startOrSkip(int count) {
    List<CompletableFuture<BluetoothMachine>> starts =
        IntStream.range(0, count)
            .mapToObj(number -> Threads.async("machine-" + number, BluetoothMachine::start))
            .toList();
    try {
      return starts.stream().map(CompletableFuture::join).toList();
    } catch (CompletionException e) {
      starts.forEach(start -> start.thenAccept(BluetoothMachine::close));
      if (e.getCause() instanceof BluetoothMachine.Missing missing) {
        System.out.println("bluetooth: skipped, as " + missing.getMessage());
        Assumptions.abort("no virtual machine with Bluetooth here: " + missing.getMessage());
      }
      throw e;
    }
  }
}
