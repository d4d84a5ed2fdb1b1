package dev.dunlin.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PrintableTest {
  private static final String FILE = "java.util.logging.config.file";
  private static final String CLASS = "java.util.logging.config.class";

  @BeforeEach
  @AfterEach
  void forget() {
    System.clearProperty(FILE);
    System.clearProperty(CLASS);
  }

  @Test
  void setsUpTheLogsUnlessThePersonDoes() {
    Printable.inLogs();
    assertEquals(Printable.LogSetup.class.getName(), System.getProperty(CLASS));
  }

  @Test
  void leavesTheLogsToThePersonWhoSetsThemUp() {
    System.setProperty(FILE, "my.properties");
    Printable.inLogs();
    assertNull(System.getProperty(CLASS));
    System.clearProperty(FILE);
    System.setProperty(CLASS, "my.Setup");
    Printable.inLogs();
    assertEquals("my.Setup", System.getProperty(CLASS));
  }

  @Test
  void escapesWhatATerminalObeys() {
    assertEquals("a\tb\r\nc\\u001b[2J\\u000d", Printable.of("a\tb\r\nc\u001b[2J\r"));
  }
}
