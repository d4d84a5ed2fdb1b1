package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.bridge.spi.BridgeError;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.junit.jupiter.api.Test;

final class OneAtATimeTest {
  private final OneAtATime questions = new OneAtATime("ERR_PICKER_OPEN", "a question");

  @Test
  void aSecondQuestionOfAWindowWaitsForTheFirstAndThatOfAnotherDoesNot() {
    Promise<String> first = Promise.promise();
    Future<String> answer = questions.in(1, first::future);
    BridgeError refused =
        assertThrows(BridgeError.class, () -> questions.in(1, () -> Future.succeededFuture("no")));
    assertEquals("ERR_PICKER_OPEN", refused.code());
    assertEquals("b", questions.in(2, () -> Future.succeededFuture("b")).result());
    first.complete("a");
    assertEquals("a", answer.result());
    assertEquals("c", questions.in(1, () -> Future.succeededFuture("c")).result());
  }

  @Test
  void aQuestionThatCouldNotBeAskedDoesNotStandForEver() {
    IllegalStateException gone = new IllegalStateException("the window has no page now");
    Future<String> failed =
        questions.in(
            1,
            () -> {
              throw gone;
            });
    assertTrue(failed.failed());
    assertSame(gone, failed.cause());
    assertEquals("a", questions.in(1, () -> Future.succeededFuture("a")).result());
  }
}
