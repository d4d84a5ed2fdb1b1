package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.shell.host.Os;
import io.vertx.core.Promise;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said of drags out of a page; the drags are DragSuite's. */
class FilesOutTest {
  @Test
  void waylandIsNamedWhereItIsNotTriedAndX11IsNot() {
    assertEquals(
        "wayland-not-tried",
        FilesOut.capability(
                Os.LINUX, Map.of("WAYLAND_DISPLAY", "wayland-0", "XDG_SESSION_TYPE", "wayland"))
            .get("reason"));
    assertEquals(
        true, FilesOut.capability(Os.LINUX, Map.of("XDG_SESSION_TYPE", "x11")).get("available"));
    assertEquals("not-x11", FilesOut.capability(Os.WINDOWS, Map.of()).get("reason"));
  }

  @Test
  void aDragThatCantBeSeenEndsAndOneThatIsSeenGoesOn() {
    Promise<Void> unseen = Promise.promise();
    assertThrows(
        IllegalArgumentException.class,
        () ->
            FilesOut.showOrEnd(
                () -> {
                  throw new IllegalArgumentException("Width (0)");
                },
                unseen));
    assertTrue(unseen.future().isComplete());
    Promise<Void> seen = Promise.promise();
    FilesOut.showOrEnd(() -> {}, seen);
    assertFalse(seen.future().isComplete());
  }
}
