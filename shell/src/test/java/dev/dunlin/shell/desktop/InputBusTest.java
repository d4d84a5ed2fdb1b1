package dev.dunlin.shell.desktop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.dunlin.bt.bluez.MockBus;
import dev.dunlin.shell.desktop.InputBus.Said;
import dev.dunlin.shell.desktop.InputBus.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** An input method on a private bus, and who is taken for one. */
@EnabledOnOs(OS.LINUX)
class InputBusTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int CODE = 38;

  /** Longer than a busy machine takes for a key; the app's own is shorter. */
  private static final Duration KEY = Duration.ofSeconds(1);

  private static final Verdict AS_IT_IS = new Verdict(false, List.of());
  private static final Verdict COMMITTED = new Verdict(true, List.of(new Said.Commit("A")));

  private final BlockingQueue<Said> between = new LinkedBlockingQueue<>();
  private MockBus private_;
  private MockBus.Peer method;
  private InputBus bus;

  @BeforeEach
  void open() throws IOException {
    MockBus.assumeThere();
    private_ = MockBus.start("");
    method = private_.startPeer(Path.of("src/test/resources/input.py"), private_.address());
    bus =
        InputBus.connect(
            Map.of("DBUS_SESSION_BUS_ADDRESS", private_.address()), said -> between.add(said), KEY);
  }

  @AfterEach
  void close() {
    if (bus != null) {
      bus.close();
    }
    if (private_ != null) {
      private_.close();
    }
  }

  private Verdict key(char typed) {
    return bus.key(typed, CODE, 0);
  }

  private static void await(BooleanSupplier condition) {
    assertTimeoutPreemptively(
        SOON,
        () -> {
          while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
          }
        });
  }

  @Test
  void whatIsSaidOfAKeyComesWithTheAnswer() {
    assertEquals(COMMITTED, key('a'));
    assertEquals(AS_IT_IS, key('b'));
    assertEquals(COMMITTED, key('a'));
    assertEquals(List.of(), List.copyOf(between));
  }

  @Test
  void anotherProgramAndAnotherObjectAreNotHeard() throws Exception {
    method.tell("forge");
    method.tell("elsewhere");
    method.tell("say");
    assertEquals(new Said.Commit("said"), between.poll(SOON.toSeconds(), TimeUnit.SECONDS));
    // From another connection: by its answer to this, the bus has brought it.
    method.tell("forge");
    assertEquals(COMMITTED, key('a'));
    assertEquals(List.of(), List.copyOf(between));
  }

  @Test
  void aKeyThatWasTooLateIsNotTypedTwice() throws IOException {
    method.tell("slow");
    assertEquals(AS_IT_IS, key('a'));
    assertEquals(AS_IT_IS, key('a'));
    method.tell("go");
    await(() -> key('a').equals(COMMITTED));
    assertEquals(List.of(), List.copyOf(between));
  }

  @Test
  void anInputMethodThatWasStartedAnewIsThereAgain() throws IOException {
    method.tell("restart");
    assertEquals(AS_IT_IS, key('a'));
    assertFalse(bus.isThere());
    await(bus::isThere);
    assertEquals(COMMITTED, key('a'));
  }
}
