package dev.dunlin.shell.desktop;

import static dev.dunlin.shell.desktop.MockDesktop.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.shell.desktop.FilePortal.Dialog;
import dev.dunlin.shell.desktop.FilePortal.Filter;
import dev.dunlin.shell.desktop.FilePortal.Kind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The desktop's file dialogs, by its portal on a private bus, and how it lets us down. */
@EnabledOnOs(OS.LINUX)
class FilePortalTest {
  private static final Future<Void> WANTED = Promise.<Void>promise().future();

  private MockDesktop desktop;
  private Bus bus;
  private FilePortal portal;

  @BeforeEach
  void start() throws IOException {
    desktop = MockDesktop.start();
    bus = new Bus(Optional.of(desktop.address()));
    portal = portal(Map.of(), FilePortal.PRESENCE);
  }

  @AfterEach
  void end() {
    if (bus != null) {
      bus.close();
      desktop.close();
    }
  }

  private FilePortal portal(Map<String, String> more, Duration presence) {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("DBUS_SESSION_BUS_ADDRESS", desktop.address());
    return new FilePortal(() -> bus, environment, presence);
  }

  private static Dialog open(boolean multiple, Filter... filters) {
    return new Dialog(
        Kind.OPEN, "x11:2a", "Open it", multiple, Optional.empty(), "", List.of(filters));
  }

  private static Dialog folder() {
    return new Dialog(Kind.FOLDER, "", "A folder", false, Optional.empty(), "", List.of());
  }

  private BusError refusal(Future<?> picked) {
    return assertThrows(BusError.class, () -> get(picked));
  }

  private JsonNode lastDialog() throws IOException {
    JsonNode all = desktop.ask("dialogs");
    return all.get(all.size() - 1);
  }

  @Test
  void asksForWhatThePageWantsAndGivesWhatThePersonPicks() throws IOException {
    desktop.tell("chooser 4");
    desktop.tell("pick {\"uris\": [\"file:///tmp/a%20b.txt\", \"file:///tmp/%C3%A9\"]}");
    assertEquals(
        List.of(Path.of("/tmp/a b.txt"), Path.of("/tmp/é")),
        get(
            portal.pick(
                open(
                    true,
                    new Filter("Texts", List.of(".txt", ".c++"), List.of()),
                    new Filter("Pictures", List.of(), List.of("image/*")),
                    new Filter("All files", List.of(""), List.of())),
                WANTED)));
    JsonNode asked = lastDialog();
    assertEquals("OpenFile", asked.get(0).asText());
    assertEquals("x11:2a", asked.get(1).asText());
    assertEquals("Open it", asked.get(2).asText());
    assertEquals(
        "[[\"Texts\",[[0,\"*.[tT][xX][tT]\"],[0,\"*.[cC]++\"]]],[\"Pictures\",[[1,\"image/*\"]]],"
            + "[\"All files\",[[0,\"*\"]]]]",
        asked.get(3).get("filters").toString());
    assertEquals("Texts", asked.get(3).get("current_filter").get(0).asText());
    assertEquals("[true,false,true]", flags(asked));
  }

  private static String flags(JsonNode asked) {
    JsonNode options = asked.get(3);
    return "["
        + options.path("multiple")
        + ","
        + options.path("directory")
        + ","
        + options.path("modal")
        + "]";
  }

  @Test
  void asksForAPlaceToSaveAndForAFolder() throws IOException {
    desktop.tell("chooser 3");
    desktop.tell("pick {\"uris\": [\"file:///tmp/note.txt\"]}");
    get(
        portal.pick(
            new Dialog(
                Kind.SAVE, "", "Save", false, Optional.of(Path.of("/tmp/ö")), "n.txt", List.of()),
            WANTED));
    JsonNode saved = lastDialog();
    assertEquals("SaveFile", saved.get(0).asText());
    assertEquals("n.txt", saved.get(3).get("current_name").asText());
    assertEquals("/tmp/ö\0", saved.get(3).get("current_folder").asText());
    get(portal.pick(folder(), WANTED));
    assertEquals("[false,true,true]", flags(lastDialog()));
  }

  @Test
  void whoPicksNothingHasPickedNothingAndAWithdrawnDialogIsClosed() throws IOException {
    desktop.tell("chooser 4");
    desktop.tell("pick {\"code\": 1}");
    assertEquals(List.of(), get(portal.pick(open(false), WANTED)));
    desktop.tell("pick {\"waits\": true}");
    Promise<Void> gone = Promise.promise();
    Future<List<Path>> waiting = portal.pick(open(false), gone.future());
    while (desktop.ask("dialogs").size() < 2) {
      Thread.onSpinWait();
    }
    gone.complete();
    assertEquals(List.of(), get(waiting));
    // Calls of one connection arrive in order, once the first has been answered.
    get(PortalRequests.version(bus, FilePortal.TYPE));
    while (!lastDialog().get(0).asText().equals("Close")) {
      Thread.onSpinWait();
    }
  }

  @Test
  void whoClosesTheDialogByItsFrameHasPickedNothingToo() throws IOException {
    desktop.tell("chooser 4");
    desktop.tell("pick {\"code\": 2, \"after\": 400}");
    assertEquals(List.of(), get(portal.pick(open(false), WANTED)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sender", "path"})
  void anAnswerOfAnotherProgramOrToAnotherQuestionIsNotThePersons(String forged)
      throws IOException {
    desktop.tell("chooser 4");
    desktop.tell("pick {\"after\": 1000, \"uris\": [\"file:///tmp/a\"]}");
    Future<List<Path>> waiting = portal.pick(open(false), WANTED);
    while (desktop.ask("dialogs").isEmpty()) {
      Thread.onSpinWait();
    }
    desktop.tell("forge " + forged);
    assertEquals(List.of(Path.of("/tmp/a")), get(waiting));
  }

  @Test
  void failsWhereItIsMissingTooOldRefusesOrGivesNoFile() throws IOException {
    assertEquals(BusError.Kind.NO_SERVICE, refusal(portal.pick(open(false), WANTED)).kind());
    desktop.tell("chooser 2");
    assertEquals(BusError.Kind.NO_SERVICE, refusal(portal.pick(folder(), WANTED)).kind());
    for (String fault :
        List.of(
            "{\"error\": true}",
            "{\"code\": 2}",
            "{\"uris\": []}",
            "{\"uris\": [\"http://example.com/a\"]}",
            "{\"uris\": [\"file://other/a\"]}",
            "{\"uris\": [\"file:///%00\"]}")) {
      desktop.tell("pick " + fault);
      assertEquals(BusError.Kind.REFUSED, refusal(portal.pick(open(false), WANTED)).kind(), fault);
    }
  }

  @Test
  void aPortalThatEndsWhileItsDialogStandsFailsAtOnce() throws IOException {
    desktop.tell("chooser 4");
    desktop.tell("pick {\"waits\": true}");
    Future<List<Path>> waiting = portal.pick(open(false), WANTED);
    while (desktop.ask("dialogs").isEmpty()) {
      Thread.onSpinWait();
    }
    desktop.tell("gone " + Theme.PORTAL);
    assertEquals(BusError.Kind.NO_SERVICE, refusal(waiting).kind());
  }

  @Test
  void onePortalThatHangsIsWaitedForOnce() throws IOException, InterruptedException {
    desktop.tell("chooser 4");
    FilePortal brief = portal(Map.of(), Duration.ofMillis(300));
    desktop.stop(true);
    assertThrows(
        TimeoutException.class,
        () -> {
          try {
            get(brief.pick(open(false), WANTED));
          } catch (AssertionError e) {
            throw e.getCause();
          }
        });
    assertEquals(BusError.Kind.NO_SERVICE, refusal(brief.pick(open(false), WANTED)).kind());
    desktop.stop(false);
    assertEquals("[]", desktop.ask("dialogs").toString());
    assertEquals(false, get(brief.capability()).get("available"));
    assertEquals(true, get(portal.capability()).get("available"));
  }

  @Test
  void aDialogThatAPortalOpensTooLateIsClosedAtOnce() throws IOException {
    desktop.tell("chooser 4");
    bus.close();
    bus = new Bus(Optional.of(desktop.address()), Duration.ofMillis(500));
    String sender = get(bus.connect()).getUniqueName().substring(1).replace('.', '_');
    desktop.tell("pick {\"waits\": true, \"hangs\": 2, \"sender\": \"" + sender + "\"}");
    assertEquals(BusError.Kind.TIMEOUT, refusal(portal.pick(open(false), WANTED)).kind());
    while (!lastDialog().get(0).asText().equals("Close")) {
      Thread.onSpinWait();
    }
  }

  @Test
  void theEnvironmentAndAMissingBusSwitchItOffAndSaySo() throws IOException {
    desktop.tell("chooser 4");
    FilePortal off = portal(Map.of(FilePortal.CHOICE, "own"), FilePortal.PRESENCE);
    assertEquals(BusError.Kind.NO_SERVICE, refusal(off.pick(open(false), WANTED)).kind());
    assertEquals("switched-off", get(off.capability()).get("reason"));
    FilePortal without =
        new FilePortal(
            () -> {
              throw new AssertionError("nothing of D-Bus is made");
            },
            Map.of());
    assertEquals(BusError.Kind.NO_SERVICE, refusal(without.pick(open(false), WANTED)).kind());
    assertEquals("no-bus", get(without.capability()).get("reason"));
    assertEquals("[]", desktop.ask("dialogs").toString());
  }
}
