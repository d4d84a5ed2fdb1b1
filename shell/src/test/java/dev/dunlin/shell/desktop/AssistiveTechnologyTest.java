package dev.dunlin.shell.desktop;

import static dev.dunlin.shell.desktop.MockDesktop.PATIENCE_SECONDS;
import static dev.dunlin.shell.desktop.MockDesktop.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Who reads, as at-spi2-core's launcher says it on a private bus. */
@EnabledOnOs(OS.LINUX)
class AssistiveTechnologyTest {
  private final BlockingQueue<String> there = new LinkedBlockingQueue<>();
  private MockDesktop desktop;
  private Bus bus;
  private AssistiveTechnology technology;

  @BeforeEach
  void start() throws IOException {
    desktop = MockDesktop.start();
    bus = new Bus(Optional.of(desktop.address()));
    technology = new AssistiveTechnology(bus);
  }

  @AfterEach
  void stop() {
    bus.close();
    desktop.close();
  }

  private String told() throws InterruptedException {
    return there.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void oneThatIsThereIsToldWithTheAddressOfItsBus() throws Exception {
    desktop.tell("reading yes unix:path=/a11y 1");
    get(technology.hear(there::add));
    assertEquals("unix:path=/a11y", told());
  }

  @Test
  void oneThatComesLaterIsToldThen() throws Exception {
    get(technology.hear(there::add));
    desktop.tell("reading no unix:path=/a11y 1");
    assertNull(there.peek());
    desktop.tell("reading yes unix:path=/a11y 1");
    assertEquals("unix:path=/a11y", told());
  }

  @Test
  void eitherWordOfTheLauncherIsEnough() throws Exception {
    get(technology.hear(there::add));
    for (String word : new String[] {"enabled", "reader"}) {
      desktop.tell("reading no unix:path=/a11y 1");
      desktop.tell("reading " + word + " unix:path=/a11y 1");
      assertEquals("unix:path=/a11y", told(), word);
    }
  }

  @Test
  void anAddressThatIsTooLongIsNone() throws Exception {
    desktop.tell("reading yes x " + (AssistiveTechnology.ADDRESS_LENGTH + 1));
    get(technology.hear(there::add));
    // What is asked after is answered after.
    get(bus.call("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", ""));
    get(bus.call("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", ""));
    assertNull(there.peek());
  }

  @Test
  void aPageIsToldWhetherThereIsABusAndNotWhetherSomebodyReads() throws Exception {
    assertEquals("no-accessibility-bus", get(technology.capability()).get("reason"));
    desktop.tell("reading no unix:path=/a11y 1");
    var before = get(technology.capability());
    assertEquals(true, before.get("available"));
    desktop.tell("reading yes unix:path=/a11y 1");
    assertEquals(before, get(technology.capability()));
  }
}
