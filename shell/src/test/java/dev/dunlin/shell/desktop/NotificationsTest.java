package dev.dunlin.shell.desktop;

import static dev.dunlin.shell.desktop.MockDesktop.PATIENCE_SECONDS;
import static dev.dunlin.shell.desktop.MockDesktop.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.BridgeError;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** With the real protocol, on a private bus. */
@EnabledOnOs(OS.LINUX)
class NotificationsTest {
  private final BlockingQueue<String> news = new LinkedBlockingQueue<>();
  private MockDesktop desktop;
  private Bus bus;
  private Notifications notifications;

  @BeforeEach
  void start() throws IOException {
    desktop = MockDesktop.start();
    bus = new Bus(Optional.of(desktop.address()));
    notifications = on(bus);
  }

  @AfterEach
  void end() {
    if (bus != null) {
      bus.close();
      desktop.close();
    }
  }

  private Notifications on(Bus some) {
    return new Notifications(
        some,
        "An App",
        "dev.example.app",
        Optional.of(Path.of("/pictures/app.png")),
        new Notifications.Listener() {
          @Override
          public void responded(Notifications.Wanted one, String action) {
            news.add(one.id() + " " + action);
          }

          @Override
          public void closed(Notifications.Wanted one) {
            news.add(one.id() + " closed");
          }
        });
  }

  private static Notifications.Wanted wanted(String id, String tag) {
    return new Notifications.Wanted(
        id,
        1,
        "Title " + id,
        "1 < 2 & <b>",
        tag,
        Optional.empty(),
        Optional.of(Path.of("/pictures/a.png")),
        true,
        false,
        List.of(new Notifications.Action("yes", "Yes!")),
        Map.of());
  }

  private String next() throws InterruptedException {
    return news.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void showsTitleTextPicturesActionsAndHints() throws IOException {
    desktop.tell("notifications body body-markup actions");
    assertEquals(List.of(), get(notifications.show(wanted("a", ""))));
    JsonNode shown = desktop.ask("notified").get(0);
    assertEquals(1, shown.get(0).intValue());
    assertEquals("An App", shown.get(1).textValue());
    assertEquals(0, shown.get(2).intValue());
    assertEquals("file:///pictures/app.png", shown.get(3).textValue());
    assertEquals("Title a", shown.get(4).textValue());
    assertEquals("1 &lt; 2 &amp; &lt;b&gt;", shown.get(5).textValue());
    assertEquals("[\"default\",\"\",\"yes\",\"Yes!\"]", shown.get(6).toString());
    assertEquals("dev.example.app", shown.get(7).path("desktop-entry").textValue());
    assertEquals("/pictures/a.png", shown.get(7).path("image-path").textValue());
    assertTrue(shown.get(7).path("suppress-sound").booleanValue());
    assertEquals(-1, shown.get(8).intValue());
  }

  @Test
  void saysWhatTheDaemonLeavesOutAndSendsItNoActionsAndNoMarkupThatItWouldShow()
      throws IOException {
    desktop.tell("notifications body");
    assertEquals(List.of("actions"), get(notifications.show(wanted("a", ""))));
    JsonNode shown = desktop.ask("notified").get(0);
    assertEquals("[]", shown.get(6).toString());
    assertEquals("1 < 2 & <b>", shown.get(5).textValue());
  }

  @Test
  void tellsWhatThePersonChoseAndThatItIsClosed() throws IOException, InterruptedException {
    desktop.tell("notifications actions");
    get(notifications.show(wanted("a", "")));
    get(notifications.show(wanted("b", "")));
    desktop.tell("invoke 1 yes");
    assertEquals("a yes", next());
    desktop.tell("invoke 2 default");
    assertEquals("b default", next());
    desktop.tell("dismiss 1");
    assertEquals("a dismiss", next());
    assertEquals("a closed", next());
    assertEquals(List.of("b"), ids());
    // Of another app.
    desktop.tell("invoke 77 default");
    assertTrue(get(notifications.close("b", "")));
    assertEquals("b closed", next());
    assertFalse(get(notifications.close("b", "")));
    assertEquals(List.of(), ids());
  }

  private List<String> ids() {
    return notifications.list().stream().map(Notifications.Wanted::id).toList();
  }

  @Test
  void replacesTheOneWithTheSameTagAlsoWhenBothComeAtOnce()
      throws IOException, InterruptedException {
    desktop.tell("notifications actions");
    Future<?> first = notifications.show(wanted("a", "mail"));
    Future<?> second = notifications.show(wanted("b", "mail"));
    get(first);
    get(second);
    JsonNode shown = desktop.ask("notified");
    assertEquals(1, shown.get(1).get(2).intValue(), shown::toString);
    assertEquals("a closed", next());
    assertEquals(List.of("b"), ids());
    desktop.tell("invoke 1 default");
    assertEquals("b default", next());
    assertTrue(get(notifications.close("", "mail")));
  }

  @Test
  void missesNoAnswerOfThePersonThatOvertakesTheDaemons() throws IOException, InterruptedException {
    desktop.tell("notifications actions");
    desktop.tell("early default");
    for (int i = 0; i < 20; i++) {
      get(notifications.show(wanted("n" + i, "")));
      assertEquals("n" + i + " default", next());
    }
  }

  @Test
  void aDaemonThatEndsTakesItsNotificationsAlongAndTheNextOneIsUsed()
      throws IOException, InterruptedException {
    desktop.tell("notifications body");
    get(notifications.show(wanted("a", "t")));
    desktop.tell("gone org.freedesktop.Notifications");
    assertEquals("a closed", next());
    BusError none = assertThrows(BusError.class, () -> get(notifications.show(wanted("b", "t"))));
    assertEquals(
        "ERR_NO_NOTIFICATION_DAEMON",
        BusError.toPage(none, Notifications.NO_DAEMON).code(),
        none::getMessage);
    assertEquals(false, get(notifications.capability()).get("available"));
    desktop.tell("notifications body actions");
    assertEquals(List.of(), get(notifications.show(wanted("c", "t"))));
    JsonNode shown = desktop.ask("notified");
    assertEquals(0, shown.get(shown.size() - 1).get(2).intValue());
    assertEquals(true, get(notifications.capability()).get("available"));
  }

  @Test
  void aFloodIsRefusedAndWhatIsThereHasABound() throws IOException {
    desktop.tell("notifications actions");
    get(notifications.show(wanted("first", "")));
    List<Future<List<String>>> flood =
        IntStream.range(0, 300).mapToObj(i -> notifications.show(wanted("f" + i, ""))).toList();
    int refused = 0;
    for (Future<List<String>> one : flood) {
      try {
        get(one);
      } catch (BridgeError e) {
        assertEquals("ERR_TOO_MANY_NOTIFICATIONS", e.code());
        refused++;
      }
    }
    assertTrue(refused > 0);
    for (int i = 0; i < Notifications.MAX_SHOWN + 10; i += 38) {
      IntStream.range(i, i + 38)
          .mapToObj(n -> notifications.show(wanted("g" + n, "")))
          .toList()
          .forEach(MockDesktop::get);
    }
    assertTrue(notifications.list().size() == Notifications.MAX_SHOWN);
    List<String> left = new ArrayList<>(ids());
    assertFalse(left.contains("first"));
    assertTrue(left.contains("g" + (Notifications.MAX_SHOWN)));
    desktop.tell("refuse yes");
    BusError error = assertThrows(BusError.class, () -> get(notifications.show(wanted("x", ""))));
    assertEquals(BusError.Kind.REFUSED, error.kind());
    assertTrue(error.getMessage().contains("ExcessNotificationGeneration"));
  }

  @Test
  void aDaemonThatHangsIsATimeoutAndNoBusSaysSo() throws IOException, InterruptedException {
    desktop.tell("notifications body actions");
    Bus impatient = new Bus(Optional.of(desktop.address()), Duration.ofMillis(200));
    try {
      Notifications asking = on(impatient);
      get(asking.show(wanted("a", "")));
      desktop.stop(true);
      BusError late = assertThrows(BusError.class, () -> get(asking.show(wanted("b", ""))));
      assertEquals(BusError.Kind.TIMEOUT, late.kind());
      desktop.stop(false);
      desktop.ask("notified");
      assertEquals(List.of(), get(asking.show(wanted("c", ""))));
    } finally {
      impatient.close();
    }
    for (Optional<String> nowhere :
        List.of(Optional.<String>empty(), Optional.of("unix:path=/nonexistent/bus"))) {
      Notifications none = on(new Bus(nowhere));
      BusError error = assertThrows(BusError.class, () -> get(none.show(wanted("a", ""))));
      assertEquals(BusError.Kind.NO_BUS, error.kind());
      assertEquals("no-bus", get(none.capability()).get("reason"));
    }
  }

  @Test
  void readsWhereTheBusIs() {
    assertEquals(
        Optional.of("unix:path=/run/user/0/bus,guid=1"),
        BusAddress.ofSession(
            Map.of("DBUS_SESSION_BUS_ADDRESS", "tcp:host=x;unix:path=/run/user/0/bus,guid=1")));
    assertEquals(
        Optional.empty(), BusAddress.ofSession(Map.of("DBUS_SESSION_BUS_ADDRESS", "disabled:")));
    assertEquals(
        Optional.empty(), BusAddress.ofSession(Map.of("XDG_RUNTIME_DIR", "/nonexistent/run")));
  }
}
