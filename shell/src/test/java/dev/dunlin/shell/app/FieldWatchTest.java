package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.shell.engine.Scale;
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
    watch.begin(new FieldWatch.Asked(WINDOW, Scale.NONE, this::ask));
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
    assertEquals(
        new FieldWatch.Field(true, 11, -22, 3, 4),
        FieldWatch.read("field 10 -20 1 -2 3 4", Scale.NONE));
    for (String said :
        List.of(
            "none",
            "",
            "secret 1 2 3 4 5 6",
            "field",
            "field 1 2 3 4",
            "field 1 2 3 4 5 x",
            "field 1 2 3 4 5 6 7")) {
      assertFalse(FieldWatch.read(said, Scale.NONE).composed(), said);
    }
  }

  /** A window at 200 by 150 CSS pixels, and in its page, of zoom 1.2, a field at 50 by 100. */
  @Test
  void aFieldIsWhereItsWindowIsAndInItWhereTheZoomHasIt() {
    assertEquals(
        new FieldWatch.Field(true, 300 + 90, 225 + 180, 180, 36),
        FieldWatch.read("field 200 150 90 180 180 36", new Scale(1.5)));
  }

  @Test
  void newsAreToldOnceAndSilenceIsNone() {
    begin();
    asked.remove().complete(news(1, "field 0 0 1 2 3 4"));
    asked.remove().complete(news(1, "field 0 0 1 2 3 4"));
    asked.remove().complete(news(3, "none"));
    assertEquals(List.of(true, false), told);
    assertEquals(1, asked.size());
  }

  @Test
  void whatWasOnItsWayWhenTheKeysMovedIsDropped() {
    begin();
    Promise<JsonNode> old = asked.remove();
    begin();
    old.complete(news(1, "field 0 0 1 2 3 4"));
    assertEquals(List.of(), told);
    asked.remove().complete(news(2, "none"));
    assertEquals(List.of(false), told);
    assertEquals(1, asked.size());
  }

  @Test
  void aPageThatDoesNotAnswerHasNoFieldAndIsAskedAnew() {
    begin();
    asked.remove().complete(news(1, "field 0 0 1 2 3 4"));
    asked.remove().fail("busy");
    assertEquals(List.of(true, false), told);
    assertTrue(asked.isEmpty());
    later.remove().run();
    asked.remove().fail("busy still");
    later.remove().run();
    asked.remove().complete();
    asked.remove().complete(news(1, "field 0 0 1 2 3 4"));
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
