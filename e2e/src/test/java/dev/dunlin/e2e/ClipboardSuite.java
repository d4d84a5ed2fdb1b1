package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The clipboard of the system. Chromium, which a person makes copy and paste by keys, is the other
 * program: it has a connection to the X server of its own.
 */
class ClipboardSuite {
  private static final String ALLOWED = "policy[] = connect-src 'self' ipc://clipboard/\n";

  @RegisterExtension static final Apps APPS = new Apps();

  @TempDir Path folder;
  private Desktop desktop;
  private RunningApp app;
  private Page page;

  @BeforeEach
  void open() {
    desktop = Desktop.start();
  }

  @AfterEach
  void close() {
    app.close();
    desktop.close();
  }

  private void start(String lines) throws IOException {
    app = APPS.startOn(desktop, "menus", lines, folder);
    page = app.page();
    AtomicReference<Desktop.Seen> seen = new AtomicReference<>();
    app.await(
        () -> {
          desktop.window("Menus").filter(Desktop.Seen::isViewable).ifPresent(seen::set);
          return seen.get() != null;
        },
        "the window",
        RunningApp.SOON);
    page.await("performance.getEntriesByType('paint').length > 0");
    Desktop.Area area = seen.get().area();
    desktop.click(area.x() + area.width() / 2, area.y() + area.height() - 20);
    page.await("document.hasFocus()");
    page.evaluate("field.focus()");
  }

  private JsonNode outcome(String call) {
    return page.evaluate("outcome(() => clipboard." + call + ")");
  }

  @Test
  @Shows(Feature.CLIPBOARD)
  void textGoesToOtherProgramsAndComesFromThem() throws IOException {
    start(ALLOWED);
    // Nobody has copied anything.
    assertEquals("", outcome("readText()").path("value").asText("?"));
    assertTrue(outcome("readImage()").path("value").isNull());
    assertTrue(outcome("writeText('h\\u00e9ron \\ud83e\\udd86')").has("value"));
    desktop.press("Control_L", "a");
    desktop.press("Control_L", "v");
    page.await("field.value === 'h\\u00e9ron \\ud83e\\udd86'");
    page.evaluate("void (field.value = 'dunlin')");
    desktop.press("Control_L", "a");
    desktop.press("Control_L", "c");
    page.await("clipboard.readText().then(text => text === 'dunlin')");
  }

  @Test
  @Shows(Feature.CLIPBOARD)
  void htmlAndPicturesGoToOtherProgramsAndComeBack() throws IOException {
    start(ALLOWED);
    page.evaluate(
        "void addEventListener('paste', e => globalThis.pasted ="
            + " [e.clipboardData.getData('text/html'), e.clipboardData.getData('text/plain'),"
            + " e.clipboardData.files[0]?.type])");
    assertTrue(outcome("writeHTML('<b>bold</b>', 'plain')").has("value"));
    desktop.press("Control_L", "v");
    page.await("globalThis.pasted?.[0].includes('<b>bold</b>') && pasted[1] === 'plain'");
    assertTrue(outcome("readHTML()").path("value").asText().contains("<b>bold</b>"));
    page.run(
        "const c = Object.assign(document.createElement('canvas'), {width: 3, height: 2});"
            + "const x = c.getContext('2d'); x.fillStyle = '#0a6'; x.fillRect(0, 0, 3, 2);"
            + "await clipboard.writeImage(await new Promise(done => c.toBlob(done)))");
    desktop.press("Control_L", "v");
    page.await("pasted[2] === 'image/png'");
    assertEquals(
        "[3,2,0,170,102]",
        page.run(
                "const b = await createImageBitmap(await clipboard.readImage());"
                    + "const x = new OffscreenCanvas(3, 2).getContext('2d'); x.drawImage(b, 0, 0);"
                    + "return [b.width, b.height, ...x.getImageData(1, 1, 1, 1).data.slice(0, 3)]")
            .toString());
    JsonNode wrong = outcome("writeImage(new Uint8Array([1, 2, 3]))");
    assertEquals("ERR_INVALID_CALL", wrong.path("code").asText(), wrong::toString);
  }

  @Test
  void withoutASourceOrThePermissionThereIsNoClipboard() throws IOException {
    start("policy[] = connect-src 'self' ipc://clipboard/writeText\n");
    JsonNode denied = outcome("readText()");
    assertEquals("ERR_ACCESS_DENIED", denied.path("code").asText(), denied::toString);
    assertTrue(outcome("writeText('x')").has("value"));
    app.close();
    Layout.deleteTree(folder.resolve("app"));
    start(ALLOWED + "[permissions]\nallow_clipboard = false\n");
    JsonNode taken = outcome("writeText('y')");
    assertEquals("ERR_CLIPBOARD_NOT_ALLOWED", taken.path("code").asText(), taken::toString);
  }
}
