package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.Future;
import java.util.List;
import javax.swing.JOptionPane;
import org.junit.jupiter.api.Test;

final class QuestionTest {
  @Test
  void nobodyIsAskedForADocumentThatIsGone() {
    Question question =
        new Question("title", JOptionPane.PLAIN_MESSAGE, List.of("?"), List.of("Yes", "No"), 0);
    assertEquals(Question.CLOSED, question.ask(null, Future.succeededFuture()));
    assertEquals(Question.CLOSED, question.ask(null, Future.failedFuture("gone")));
  }
}
