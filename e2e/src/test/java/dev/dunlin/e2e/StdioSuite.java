package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What an app is told from outside: its standard input, and signals. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.dunlin.e2e.Account#all")
class StdioSuite {
  private static final int SIGTERM_EXIT = 128 + 15;

  @RegisterExtension static final Apps APPS = new Apps();

  @Parameter Account account;

  @Test
  void readsItsInputToTheEndAndHearsSignals() {
    RunningApp app = APPS.start(RunningApp.Start.of(Apps.named("stdio")).as(account));
    long pid = Long.parseLong(app.awaitLine("ready ").text().replaceAll(".*ready ", ""));
    app.awaitLine("warned: ipc://process/signal/SIGHUP");
    app.awaitLine("kill: ERR_UNKNOWN_SIGNAL true");
    app.awaitLine("env: 1");
    app.type("first\n");
    app.awaitLine("in first");
    String long1 = "x".repeat(3_000_000);
    app.type(long1 + "\n");
    app.awaitLine("in " + "x".repeat(20));
    app.signal("USR2", pid);
    app.awaitLine("heard SIGUSR2 12");
    app.signal("TERM", pid);
    app.awaitLine("goes on");
    app.type("still there\n");
    app.awaitLine("in still there");
    app.endInput();
    app.awaitLine(
        "end after " + ("first\n".length() + long1.length() + 1 + "still there\n".length()));
    assertTrue(app.isRunning());
    app.signal("TERM", pid);
    app.awaitLine("puts things away");
    assertEquals(SIGTERM_EXIT, app.awaitExit());
  }
}
