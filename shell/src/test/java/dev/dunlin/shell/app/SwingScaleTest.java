package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dunlin.shell.engine.Scale;
import java.awt.Font;
import org.junit.jupiter.api.Test;

class SwingScaleTest {
  @Test
  void aFontIsNamedAsSwingsLookReadsItAndAsLargeAsTheScaleSays() {
    Font bold = new Font(Font.DIALOG, Font.BOLD, 12);
    assertEquals("Dialog-bold-18", SwingScale.scaled(bold, new Scale(1.5)));
    assertEquals(bold.deriveFont(24f), Font.decode(SwingScale.scaled(bold, new Scale(2))));
    Font plain = new Font(Font.DIALOG, Font.PLAIN, 10);
    assertEquals(plain.deriveFont(13f), Font.decode(SwingScale.scaled(plain, new Scale(1.25))));
  }
}
