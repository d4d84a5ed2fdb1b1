package dev.dunlin.shell.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What a program gets on which files are dropped; the drag itself is DragSuite's. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "URLs of POSIX paths")
class XFileDragTest {
  @Test
  void theListHasAUrlALineWhateverTheNamesAre() {
    assertEquals(
        "file:///tmp/a%20b%0D%0Ac\r\nfile:///tmp/%C3%A9%23%25\r\n",
        new String(
            XFileDrag.list(List.of(Path.of("/tmp/a b\r\nc"), Path.of("/tmp/é#%"))),
            StandardCharsets.US_ASCII));
  }

  @Test
  void aListThatIsTooLongForOneAnswerIsRefused() {
    List<Path> many =
        Collections.nCopies(XFileDrag.LIST_BYTES / 100, Path.of("/" + "x".repeat(200)));
    assertThrows(XFileDrag.TooLongException.class, () -> XFileDrag.list(many));
  }
}
