package dev.dunlin.shell.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.shell.engine.StateRequest.Next;
import java.time.Duration;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

class StateRequestTest {
  /** When a request ends that never reaches its state, and how. */
  private record End(Next how, Duration after) {}

  private static End end(Duration patience, LongPredicate managedAtLook) {
    StateRequest request = new StateRequest(patience);
    int asked = 0;
    for (long look = 0; ; look++) {
      long now = look;
      Next next = request.next(() -> managedAtLook.test(now));
      if (next == Next.UNMANAGED || next == Next.TOO_LATE) {
        assertTrue(asked > 1, "it is asked again");
        return new End(next, StateRequest.LOOK.multipliedBy(look));
      }
      asked += next == Next.ASK ? 1 : 0;
    }
  }

  @Test
  void aWindowManagerIsAskedUntilPatienceEnds() {
    Duration patience = Duration.ofSeconds(60);
    assertEquals(new End(Next.TOO_LATE, patience), end(patience, look -> true));
  }

  @Test
  void whereNoneIsThereForSomeSecondsTheRequestEnds() {
    End end = end(Duration.ofSeconds(60), look -> false);
    assertEquals(Next.UNMANAGED, end.how());
    assertTrue(end.after().compareTo(StateRequest.UNMANAGED) >= 0, end::toString);
    assertTrue(end.after().toSeconds() <= StateRequest.UNMANAGED.toSeconds() + 1, end::toString);
  }

  @Test
  void oneThatComesLateOrStartsAnewIsAsked() {
    long brief = StateRequest.UNMANAGED.dividedBy(StateRequest.LOOK) - 10;
    Duration patience = Duration.ofSeconds(60);
    assertEquals(Next.TOO_LATE, end(patience, look -> look > brief).how());
    assertEquals(Next.TOO_LATE, end(patience, look -> look % brief < 10).how());
  }
}
