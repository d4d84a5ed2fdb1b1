package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.shell.engine.WindowNumber;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WindowTableTest {
  private final WindowTable<String> table = new WindowTable<>();

  private WindowNumber open(String name) {
    WindowNumber number = table.reserve(Optional.empty(), List.of());
    table.put(number, name);
    return number;
  }

  private static String codeOf(Runnable refused) {
    return assertThrows(BridgeError.class, refused::run).code();
  }

  @Test
  void givesTheLowestFreeIndexAndNeverAnIdTwice() {
    assertEquals(new WindowNumber(0, 0), open("a"));
    assertEquals(new WindowNumber(1, 1), open("b"));
    table.remove(0);
    assertEquals(new WindowNumber(2, 0), open("c"));
    assertEquals(Optional.empty(), table.find(0));
    assertEquals(Optional.of("c"), table.at(0));
    assertEquals(List.of("c", "b"), table.all());
  }

  @Test
  void givesTheIndexThatIsAskedForWhileItIsFree() {
    WindowNumber seventh = table.reserve(Optional.of(7), List.of());
    assertEquals(7, seventh.index());
    assertEquals("ERR_WINDOW_EXISTS", codeOf(() -> table.reserve(Optional.of(7), List.of())));
    table.remove(seventh.id());
    assertEquals(7, table.reserve(Optional.of(7), List.of()).index());
    for (int wrong : new int[] {-1, WindowTable.MAX_WINDOWS, Integer.MAX_VALUE}) {
      assertEquals("ERR_INVALID_CALL", codeOf(() -> table.reserve(Optional.of(wrong), List.of())));
    }
  }

  @Test
  void refusesOneWindowMoreThanThereMayBeUntilOneCloses() {
    for (int i = 0; i < WindowTable.MAX_WINDOWS; i++) {
      assertEquals(i, open("w" + i).index());
    }
    assertEquals("ERR_TOO_MANY_WINDOWS", codeOf(() -> table.reserve(Optional.empty(), List.of())));
    assertFalse(table.remove(5));
    assertEquals(5, open("again").index());
  }

  @Test
  void findsNoWindowThatIsOnlyAboutToOpenButKnowsItsIndex() {
    WindowNumber number = table.reserve(Optional.of(3), List.of());
    assertEquals(Optional.empty(), table.find(number.id()));
    assertEquals(Optional.empty(), table.at(3));
    assertEquals(3, table.indexOf(number.id()));
    assertEquals(-1, table.indexOf(-1));
  }

  @Test
  void tellsWhenTheLastHasGoneOnce() {
    WindowNumber first = open("a");
    WindowNumber second = open("b");
    assertFalse(table.remove(second.id()));
    assertTrue(table.remove(first.id()));
    assertFalse(table.remove(first.id()));
  }

  @Test
  void knowsWhatAWindowMayDoFromItsReservationUntilItHasGone() {
    WindowNumber number = table.reserve(Optional.empty(), List.of("connect-src 'none'"));
    assertEquals(Optional.of(List.of("connect-src 'none'")), table.policiesOf(number.id()));
    table.put(number, "narrow");
    assertEquals(Optional.of(List.of("connect-src 'none'")), table.policiesOf(number.id()));
    table.remove(number.id());
    assertEquals(Optional.empty(), table.policiesOf(number.id()));
    table.put(number, "late");
    assertEquals(Optional.empty(), table.find(number.id()));
  }
}
