package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is made of what a page tells of its fields. */
class FieldWatchTest {
  private static final int WINDOW = 7;

  private final List<Boolean> told = new ArrayList<>();
  private final Deque<Runnable> later = new ArrayDeque<>();
  private final Deque<Promise<JsonNode>> asked = new ArrayDeque<>();
  private final FieldWatch watch =
      new FieldWatch((window, field) -> told.add(field.composed()), later::add);

  private void begin() {
    watch.begin(WINDOW, this::ask);
    // The script that makes the function.
    asked.remove().complete();
  }

  private Future<JsonNode> ask(String script) {
    Promise<JsonNode> answer = Promise.promise();
    asked.add(answer);
    return answer.future();
  }

  private static JsonNode news(int number, String text) {
    return new ObjectMapper().createArrayNode().add(number).add(text);
  }

  @Test
  void onlyAFieldThatIsSaidToBeOneIsComposedIn() {
    assertEquals(new FieldWatch.Field(true, 1, -2, 3, 4), FieldWatch.read("field 1 -2 3 4"));
    for (String said :
        List.of("none", "", "secret 1 2 3 4", "field", "field 1 2 3 x", "field 1 2 3 4 5")) {
      assertFalse(FieldWatch.read(said).composed(), said);
    }
  }

  @Test
  void newsAreToldOnceAndSilenceIsNone() {
    begin();
    asked.remove().complete(news(1, "field 1 2 3 4"));
    asked.remove().complete(news(1, "field 1 2 3 4"));
    asked.remove().complete(news(3, "none"));
    assertEquals(List.of(true, false), told);
    assertEquals(1, asked.size());
  }

  @Test
  void whatWasOnItsWayWhenTheKeysMovedIsDropped() {
    begin();
    Promise<JsonNode> old = asked.remove();
    begin();
    old.complete(news(1, "field 1 2 3 4"));
    assertEquals(List.of(), told);
    asked.remove().complete(news(2, "none"));
    assertEquals(List.of(false), told);
    assertEquals(1, asked.size());
  }

  @Test
  void aPageThatDoesNotAnswerHasNoFieldAndIsAskedAnew() {
    begin();
    asked.remove().complete(news(1, "field 1 2 3 4"));
    asked.remove().fail("busy");
    assertEquals(List.of(true, false), told);
    assertTrue(asked.isEmpty());
    later.remove().run();
    asked.remove().fail("busy still");
    later.remove().run();
    asked.remove().complete();
    asked.remove().complete(news(1, "field 1 2 3 4"));
    assertEquals(List.of(true, false, false, true), told);
  }

  @Test
  void aDocumentThatIsGoneIsNotAskedAnew() {
    begin();
    Promise<JsonNode> gone = asked.remove();
    begin();
    gone.fail("gone");
    assertTrue(later.isEmpty());
    assertEquals(List.of(), told);
  }
}
