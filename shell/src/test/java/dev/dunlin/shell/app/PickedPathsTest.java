package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.shell.app.PickerModule.Kind;
import dev.dunlin.shell.desktop.FilePortal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a path when the person picks it, and how the desktop's dialog is asked. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "makes symbolic links")
class PickedPathsTest {
  @TempDir Path temp;
  private Path folder;

  @BeforeEach
  void lay() throws IOException {
    folder = temp.toRealPath();
    Files.createDirectories(folder.resolve("real"));
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("real"));
  }

  private String refusal(Kind kind, String name) {
    return assertThrows(BridgeError.class, () -> PickerModule.real(kind, folder.resolve(name)))
        .code();
  }

  @Test
  void isWhereItReallyIsWhenItIsPickedAlsoWhereNothingIsYet() throws IOException {
    Path there = Files.writeString(folder.resolve("real/there"), "");
    for (Kind kind : List.of(Kind.OPEN, Kind.SAVE)) {
      assertEquals(there, PickerModule.real(kind, folder.resolve("link/there")));
    }
    assertEquals(
        folder.resolve("real/new"), PickerModule.real(Kind.SAVE, folder.resolve("link/new")));
    assertEquals(folder.resolve("real"), PickerModule.real(Kind.FOLDER, folder.resolve("link")));
  }

  @Test
  void whatIsNotThereOrALinkToNothingIsRefused() throws IOException {
    assertEquals("ERR_NOT_PICKED", refusal(Kind.OPEN, "none"));
    assertEquals("ERR_NOT_PICKED", refusal(Kind.SAVE, "none/new"));
    Files.createSymbolicLink(folder.resolve("dangling"), folder.resolve("nothing"));
    assertEquals("ERR_NOT_PICKED", refusal(Kind.SAVE, "dangling"));
  }

  @Test
  void theDesktopIsAskedForAllFilesTooAndBeginsInAFolder() throws IOException {
    Path there = Files.writeString(folder.resolve("real/there"), "");
    PickerModule.Request request =
        new PickerModule.Request(
            Kind.OPEN,
            true,
            false,
            "",
            Optional.of(there),
            List.of(new PickerModule.Filter("Texts", List.of(".txt"), List.of())),
            true);
    FilePortal.Dialog dialog = PortalDialogs.dialog("x11:1", "Open", request);
    assertEquals(Optional.of(folder.resolve("real")), dialog.start());
    assertEquals(
        List.of("Texts", "All files"),
        dialog.filters().stream().map(FilePortal.Filter::name).toList());
    assertEquals(FilePortal.Kind.OPEN, dialog.kind());
  }
}
