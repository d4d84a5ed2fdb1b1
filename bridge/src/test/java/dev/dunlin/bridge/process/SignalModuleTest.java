package dev.dunlin.bridge.process;

import static dev.dunlin.bridge.Harness.ALL;
import static dev.dunlin.bridge.Harness.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.Harness;
import dev.dunlin.bridge.Harness.Page;
import dev.dunlin.bridge.PolicySet;
import dev.dunlin.bridge.Pushes;
import dev.dunlin.bridge.child.Signals;
import dev.dunlin.scheduler.VirtualScheduler;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs({OS.LINUX, OS.MAC})
class SignalModuleTest {
  private static final long OWN = ProcessHandle.current().pid();

  private static void raise(String name) {
    assertEquals(0, Signals.send(OWN, Signals.number(name).orElseThrow()));
  }

  @Test
  void aPageHearsTheSignalsThatItsPolicyNames() {
    try (Harness harness = new Harness(new SignalModule(new VirtualScheduler()))) {
      Page page =
          harness.page(
              1,
              PolicySet.of(
                  List.of("connect-src ipc://process/signal/SIGUSR2 ipc://handle/ ipc://push/")));
      JsonNode heard = page.data("ipc://process/signal/SIGUSR2", Map.of());
      try (Pushes pushes = new Pushes(page)) {
        raise("SIGUSR2");
        assertEquals("1", pushes.untilText(heard.path("channel").asInt(), 1));
        raise("SIGUSR2");
        assertEquals("12", pushes.untilText(heard.path("channel").asInt(), 2));
        page.data("ipc://handle/process/stopSignal/" + heard.path("id").asText(), Map.of());
        assertEquals("12", pushes.untilEnd(heard, "channel"));
      }
      JsonNode denied = page.error("ipc://process/signal/SIGTERM", Map.of());
      assertEquals("ipc://process/signal/SIGTERM", denied.path("source").asText());
      JsonNode sent = page.error("ipc://process/sendSignal/" + OWN + "/0", Map.of());
      assertEquals("ERR_ACCESS_DENIED", sent.path("code").asText());
    }
  }

  @Test
  void whatTheJvmNeedsIsRefusedWithWhatMayBeListenedTo() {
    try (Harness harness = new Harness(new SignalModule(new VirtualScheduler()))) {
      Page page = harness.page(1, ALL);
      for (String name : List.of("SIGKILL", "SIGSEGV", "SIGQUIT", "nonsense")) {
        JsonNode error = page.error("ipc://process/signal/" + name, Map.of());
        assertEquals("EINVAL", error.path("code").asText(), name);
        assertTrue(error.path("message").asText().contains("SIGUSR2"), error::toString);
      }
    }
  }

  @Test
  void sendsASignalToOneProcessAndTellsWhoIsThere() {
    try (Harness harness = new Harness(new SignalModule(new VirtualScheduler()))) {
      Page page = harness.page(1, ALL);
      ChildProcess child =
          Harness.await(ProcessStarter.get().start(ProcessSpec.of("sleep", "100")));
      String url = "ipc://process/sendSignal/" + child.pid();
      page.data(url + "/0", Map.of());
      page.data(url + "/SIGUSR1", Map.of());
      assertEquals(128 + Signals.number("SIGUSR1").orElseThrow(), Harness.await(child.exit()));
      assertEquals("ESRCH", page.error(url + "/0", Map.of()).path("code").asText());
      assertEquals(
          "ERR_UNKNOWN_SIGNAL", page.error(url + "/SIGNO", Map.of()).path("code").asText());
      for (String group : List.of("0/SIGTERM", "-1/SIGKILL", "1", "1/9/9", "99999999999/0")) {
        assertEquals(
            "ERR_INVALID_CALL",
            page.error("ipc://process/sendSignal/" + group, Map.of()).path("code").asText(),
            group);
      }
    }
  }

  /** The outer one stands for the JVM's own handler, which would end these tests. */
  private static final class Ends {
    final AtomicInteger ends = new AtomicInteger();
    private final HostSignals outer = new HostSignals(new VirtualScheduler());
    final HostSignals.Listening self =
        outer.listen(
            "SIGTERM",
            count -> {
              goOn(count);
              ends.incrementAndGet();
            });

    private void goOn(long count) {
      self.goOn(count);
    }
  }

  @Test
  void theAppEndsAfterTheGraceUnlessItsPageGoesOn() {
    Ends ends = new Ends();
    VirtualScheduler time = new VirtualScheduler();
    HostSignals signals = new HostSignals(time);
    AtomicLong heard = new AtomicLong();
    HostSignals.Listening page = signals.listen("SIGTERM", heard::set);
    raise("SIGTERM");
    until(() -> heard.get() == 1);
    page.goOn(1);
    time.advance(HostSignals.GRACE.multipliedBy(2));
    assertEquals(0, ends.ends.get());
    raise("SIGTERM");
    until(() -> heard.get() == 2);
    page.goOn(1);
    time.advance(HostSignals.GRACE.minus(Duration.ofMillis(1)));
    assertEquals(0, ends.ends.get());
    time.advance(Duration.ofMillis(1));
    until(() -> ends.ends.get() == 1);
    page.gone();
    ends.self.gone();
  }

  @Test
  void theAppEndsAtTheSecondSignalOrWhenItsPageHasLeft() {
    Ends ends = new Ends();
    HostSignals signals = new HostSignals(new VirtualScheduler());
    AtomicLong heard = new AtomicLong();
    HostSignals.Listening page = signals.listen("SIGTERM", heard::set);
    raise("SIGTERM");
    until(() -> heard.get() == 1);
    raise("SIGTERM");
    until(() -> ends.ends.get() == 1);
    assertEquals(1, heard.get());
    page.gone();
    until(() -> ends.ends.get() == 2);
    raise("SIGTERM");
    until(() -> ends.ends.get() == 3);
    ends.self.gone();
  }

  @Test
  void whoHasStoppedToListenHasItsGraceAndMayStillGoOn() {
    Ends ends = new Ends();
    VirtualScheduler time = new VirtualScheduler();
    HostSignals signals = new HostSignals(time);
    AtomicLong heard = new AtomicLong();
    HostSignals.Listening once = signals.listen("SIGTERM", heard::set);
    raise("SIGTERM");
    until(() -> heard.get() == 1);
    once.stop();
    assertFalse(once.isOver());
    time.advance(HostSignals.GRACE.minus(Duration.ofMillis(1)));
    once.goOn(1);
    assertTrue(once.isOver());
    time.advance(HostSignals.GRACE);
    // The signal has been given back, so this is the first of which the outer one hears.
    raise("SIGTERM");
    until(() -> ends.ends.get() == 1);

    HostSignals.Listening silent = signals.listen("SIGTERM", count -> heard.set(10 + count));
    raise("SIGTERM");
    until(() -> heard.get() == 11);
    silent.stop();
    time.advance(HostSignals.GRACE.minus(Duration.ofMillis(1)));
    assertEquals(1, ends.ends.get());
    time.advance(Duration.ofMillis(1));
    until(() -> ends.ends.get() == 2);
    assertTrue(silent.isOver());
    raise("SIGTERM");
    until(() -> ends.ends.get() == 3);

    // With its document it goes at once, though it has stopped before.
    HostSignals.Listening left = signals.listen("SIGTERM", count -> heard.set(20 + count));
    raise("SIGTERM");
    until(() -> heard.get() == 21);
    left.stop();
    left.gone();
    until(() -> ends.ends.get() == 4);
    ends.self.gone();
  }

  @Test
  void aPageThatListensOnceMayGoOnInWhateverOrderItsCallsRun() {
    Ends ends = new Ends();
    VirtualScheduler time = new VirtualScheduler();
    try (Harness harness = new Harness(new SignalModule(time))) {
      Page page = harness.page(1, ALL);
      try (Pushes pushes = new Pushes(page)) {
        for (List<String> order :
            List.of(List.of("goOn", "stopSignal"), List.of("stopSignal", "goOn"))) {
          JsonNode heard = page.data("ipc://process/signal/SIGTERM", Map.of());
          raise("SIGTERM");
          assertEquals("1", pushes.untilText(heard.path("channel").asInt(), 1));
          for (String function : order) {
            page.data(
                "ipc://handle/process/" + function + "/" + heard.path("id").asText(),
                Map.of("count", 1));
          }
          time.advance(HostSignals.GRACE);
          assertEquals(
              "ERR_UNKNOWN_HANDLE",
              page.error("ipc://handle/process/stopSignal/" + heard.path("id").asText(), Map.of())
                  .path("code")
                  .asText());
        }
      }
    }
    // Nobody listens, and none of those before has ended it.
    raise("SIGTERM");
    until(() -> ends.ends.get() == 1);
    ends.self.gone();
  }

  @Test
  void aSignalOfNoSystemIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new HostSignals(new VirtualScheduler()).listen("SIGNONE", count -> {}));
  }
}
