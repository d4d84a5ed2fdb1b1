package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WindowDocumentsTest {
  private static final String A = "https://app.localhost/a";
  private static final String B = "https://app.localhost/b";
  private static final String FOREIGN = "https://elsewhere.example/";

  private final WindowDocuments documents = new WindowDocuments();

  private void page(String url, String id) {
    assertEquals(List.of(), documents.served(true, url, id));
  }

  private void frame(String id) {
    assertEquals(List.of(), documents.served(false, "https://app.localhost/frame", id));
  }

  @Test
  void readsTheIdFromTheHeaders() {
    assertEquals("x1", WindowDocuments.idIn(Map.of("server-timing", "dunlin;desc=\"x1\"")));
    assertEquals(
        "x1", WindowDocuments.idIn(Map.of("server-timing", "db;dur=1, dunlin;desc=\"x1\"")));
    assertEquals("", WindowDocuments.idIn(Map.of("server-timing", "dunlin;desc=\"\"")));
    assertEquals("", WindowDocuments.idIn(Map.of()));
  }

  @Test
  void aReloadEndsThePageAndItsFrames() {
    page(A, "1");
    assertEquals(List.of(), documents.committed(A));
    frame("2");
    page(A, "3");
    assertEquals(List.of("1", "2"), documents.committed(A));
    frame("4");
    page(B, "5");
    assertEquals(List.of("3", "4"), documents.committed(B));
  }

  @Test
  void theTopFrameShowsWhatWasServedToItAndNothingOfOursAtAForeignPage() {
    assertEquals(List.of(), documents.shown());
    page(A, "1");
    assertEquals(List.of(), documents.shown());
    documents.committed(A + "#part");
    assertEquals(List.of("1"), documents.shown());
    documents.served(false, A, "frame of the same page");
    page(B, "2");
    assertEquals(List.of("1"), documents.shown());
    documents.committed(FOREIGN);
    assertEquals(List.of(), documents.shown());
    page(A, "3");
    page(A, "4");
    documents.committed(A);
    assertEquals(List.of("3", "4"), documents.shown());
    documents.committed(A);
    assertEquals(List.of("3", "4"), documents.shown());
    page(A, "5");
    documents.committed(A);
    assertEquals(List.of("5"), documents.shown());
    page(B, "");
    documents.committed(B);
    assertEquals(List.of(), documents.shown());
  }

  @Test
  void aForeignPageEndsAllAndTheWayBackBeginsAnew() {
    page(A, "1");
    documents.committed(A);
    frame("2");
    assertEquals(List.of("1", "2"), documents.committed(FOREIGN));
    page(A, "3");
    assertEquals(List.of(), documents.committed(A));
    assertEquals(List.of("3"), documents.committed(FOREIGN));
  }

  @Test
  void aFrameThatIsServedBeforeThePageIsShownLivesOn() {
    page(A, "1");
    frame("2");
    assertEquals(List.of(), documents.committed(A));
    frame("3");
    page(B, "4");
    assertEquals(List.of("1", "2", "3"), documents.committed(B));
  }

  @Test
  void aNavigationThatWasGivenUpChangesNothingYet() {
    page(A, "1");
    documents.committed(A);
    page(B, "2");
    frame("3");
    page(A, "4");
    assertEquals(List.of("1", "2", "3"), documents.committed(A));
  }

  @Test
  void framesDoNotOutliveThePageWhenAForeignOneFollowsOnANavigationGivenUp() {
    page(A, "1");
    documents.committed(A);
    page(B, "2");
    frame("3");
    assertEquals(List.of("1", "3"), documents.committed(FOREIGN));
    page(A, "4");
    assertEquals(List.of("2"), documents.committed(A));
  }

  @Test
  void aPageThatIsServedWhileTheOneBeforeIsStillToBeShownLivesOn() {
    page(A, "1");
    page(B, "2");
    assertEquals(List.of(), documents.committed(A));
    assertEquals(List.of("1"), documents.committed(B));
    page(A, "3");
    assertEquals(List.of("2"), documents.committed(FOREIGN));
    assertEquals(List.of(), documents.committed(A));
  }

  @Test
  void aReloadThatIsServedWhileTheOneBeforeIsStillToBeShownLivesOn() {
    page(A, "1");
    page(A, "2");
    assertEquals(List.of(), documents.committed(A));
    assertEquals(List.of(), documents.committed(A));
    assertEquals(List.of("1", "2"), documents.committed(FOREIGN));
  }

  @Test
  void afterAnOvertakenReloadTheNextOneEndsAllBefore() {
    page(A, "1");
    documents.committed(A);
    page(A, "2");
    page(A, "3");
    assertEquals(List.of("1"), documents.committed(A));
    frame("4");
    page(A, "5");
    assertEquals(List.of("2", "3", "4"), documents.committed(A));
  }

  @Test
  void aReloadGivenUpDoesNotEndTheOneThatIsStillToBeShown() {
    page(B, "1");
    documents.committed(B);
    page(A, "2");
    page(A, "given up");
    assertEquals(List.of("1"), documents.committed(A));
    assertEquals(List.of("2", "given up"), documents.committed(FOREIGN));
  }

  @Test
  void anErrorPageHasNoDocumentAndEndsTheOneBefore() {
    page(A, "1");
    documents.committed(A);
    page(B, "");
    assertEquals(List.of("1"), documents.committed(B));
    assertEquals(List.of(), documents.committed(FOREIGN));
  }

  @Test
  void aFragmentIsShownButNotAskedFor() {
    page(A, "1");
    assertEquals(List.of(), documents.committed(A + "#part"));
    assertEquals(List.of("1"), documents.committed(FOREIGN));
  }

  @Test
  void theOldestOfTooManyNavigationsGivenUpIsGone() {
    page(A, "1");
    documents.committed(A);
    for (int i = 0; i < WindowDocuments.WAITING_DOCUMENTS; i++) {
      page(B + i, "waiting" + i);
    }
    assertEquals(List.of("waiting0"), documents.served(true, B, "2"));
    List<String> gone = documents.committed(B);
    assertTrue(gone.contains("1") && !gone.contains("2") && !gone.contains("waiting0"));
  }

  /**
   * Against a model that knows what Chromium does: while one page is about to be shown, one more
   * may be asked for (a foreign one too), but not a third of the same URL; any may be given up; a
   * page's frames are asked for only while it is shown.
   */
  @Test
  void neverEndsWhatIsShownAndLeavesNothingOfEarlierPages() {
    long seed = new Random().nextLong();
    System.out.println("WindowDocumentsTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      oneWindow(random, "seed " + seed + ", round " + round);
    }
  }

  private record Page(String id, String url) {}

  private static void oneWindow(Random random, String where) {
    WindowDocuments window = new WindowDocuments();
    List<Page> onTheWay = new ArrayList<>();
    Set<String> past = new HashSet<>();
    Set<String> shown = new HashSet<>();
    Set<String> gone = new HashSet<>();
    String url = FOREIGN;
    int next = 0;
    for (int step = 0; step < 60; step++) {
      List<String> now = List.of();
      switch (random.nextInt(6)) {
        case 0, 1 -> {
          Page page =
              new Page(
                  random.nextInt(5) == 0 ? "" : "page" + next++,
                  random.nextBoolean() ? A : B + random.nextInt(2));
          boolean oneMore = onTheWay.size() == 1 && !onTheWay.get(0).url().equals(url);
          if (onTheWay.isEmpty() || oneMore) {
            onTheWay.add(page);
            now = window.served(true, page.url(), page.id());
          }
        }
        case 2 -> {
          String id = "frame" + next++;
          shown.add(id);
          now = window.served(false, A, id);
        }
        case 3 -> {
          if (!onTheWay.isEmpty()) {
            // Given up; the window is not told.
            past.add(onTheWay.remove(onTheWay.size() - 1).id());
          }
        }
        case 4 -> {
          if (onTheWay.isEmpty() || !onTheWay.get(0).url().equals(url)) {
            past.addAll(shown);
            shown.clear();
            url = FOREIGN;
            now = window.committed(url);
          }
        }
        default -> {
          if (!onTheWay.isEmpty()) {
            past.addAll(shown);
            shown.clear();
            Page page = onTheWay.remove(0);
            url = page.url();
            shown.add(page.id());
            now = window.committed(page.url());
          }
        }
      }
      for (String id : now) {
        assertTrue(gone.add(id), where + ": ends " + id + " twice");
        assertFalse(shown.contains(id), where + ": ends " + id + ", which is shown");
      }
    }
    // One more page, under a URL that nothing waits for: all else must go.
    window.served(true, "https://app.localhost/last", "last");
    gone.addAll(window.committed("https://app.localhost/last"));
    past.addAll(shown);
    onTheWay.forEach(page -> past.add(page.id()));
    past.remove("");
    assertEquals(past, gone, where);
  }
}
