package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.EventQueue;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class LinkQuestionTest {
  private final List<String> opened = new CopyOnWriteArrayList<>();

  /** Returns when what was queued before has run. */
  private static void untilAsked() throws Exception {
    EventQueue.invokeAndWait(() -> {});
  }

  @Test
  void opensALinkThatThePersonAllows() throws Exception {
    assertTrue(new LinkQuestion(url -> true, opened::add).ask("https://example.com/"));
    untilAsked();
    assertEquals(List.of("https://example.com/"), opened);
  }

  @Test
  void opensNothingThatThePersonRefuses() throws Exception {
    assertTrue(new LinkQuestion(url -> false, opened::add).ask("https://example.com/"));
    untilAsked();
    assertEquals(List.of(), opened);
  }

  @Test
  void dropsFurtherLinksWhileAQuestionStands() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    LinkQuestion question =
        new LinkQuestion(
            url -> {
              try {
                return answer.await(30, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                return false;
              }
            },
            opened::add);
    assertTrue(question.ask("https://example.com/1"));
    for (int i = 0; i < 1_000; i++) {
      assertFalse(question.ask("https://example.com/secret"));
    }
    answer.countDown();
    untilAsked();
    assertEquals(List.of("https://example.com/1"), opened);
    assertTrue(question.ask("https://example.com/2"));
    untilAsked();
    assertEquals(List.of("https://example.com/1", "https://example.com/2"), opened);
  }
}
