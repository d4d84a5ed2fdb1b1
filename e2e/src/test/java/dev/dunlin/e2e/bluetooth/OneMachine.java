package dev.dunlin.e2e.bluetooth;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * The machine that suites use one after the other, as its start is what takes long: reset for each,
 * and ended after the last. Where none can be had, they are skipped, by name.
 */
public final class OneMachine implements BeforeAllCallback, AfterTestExecutionCallback {
  /** What there is, or why there is none; closed by JUnit after the last suite. */
  private record Found(BluetoothMachine machine, String missing) implements AutoCloseable {
    static Found find() {
      try {
        return new Found(BluetoothMachine.start(), "");
      } catch (BluetoothMachine.Missing e) {
        System.out.println("bluetooth: skipped, as " + e.getMessage());
        return new Found(null, e.getMessage());
      }
    }

    @Override
    public void close() {
      if (machine != null) {
        machine.close();
      }
    }
  }

  private BluetoothMachine machine;

  @Override
  public void beforeAll(ExtensionContext context) {
    Found found =
        context
            .getRoot()
            .getStore(Namespace.create(OneMachine.class))
            .getOrComputeIfAbsent(Found.class, key -> Found.find(), Found.class);
    Assumptions.assumeTrue(
        found.machine() != null,
        () -> "no virtual machine with Bluetooth here: " + found.missing());
    machine = found.machine();
    machine.reset();
  }

  /** What the machine knows of a failure is gone with it. */
  @Override
  public void afterTestExecution(ExtensionContext context) {
    context
        .getExecutionException()
        .filter(failure -> !(failure instanceof org.opentest4j.TestAbortedException))
        .ifPresent(
            failure ->
                System.out.println(
                    "bluetooth: "
                        + context.getDisplayName()
                        + " failed by "
                        + failure
                        + "; the machine says:\n"
                        + machine.log()));
  }

  /** The machine; only while a suite runs. */
  public BluetoothMachine get() {
    return machine;
  }
}
