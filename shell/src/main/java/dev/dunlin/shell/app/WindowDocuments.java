package dev.dunlin.shell.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Which documents of one window still live. A frame's document lives until the window's top frame
 * shows another; that is when everything served before the new top document goes.
 *
 * <p>Chromium says which URL it shows, not which document, and not that a navigation was given up.
 * So a document served to the top frame waits until its URL is shown. Of several that wait for one
 * URL, a reload that overtook another, each may be it: all live on until that URL is served anew or
 * another is shown. What was never shown holds nothing; a page that lost its document would have no
 * bridge.
 *
 * <p><i>Thread:</i> any.
 */
final class WindowDocuments {
  /**
   * Documents served to the top frame that may still be shown. Over: the oldest counts as given up.
   */
  static final int WAITING_DOCUMENTS = 16;

  private static final Pattern ID = Pattern.compile("dunlin;desc=\"([^\"]+)\"");

  private enum State {
    /** Served to the top frame, which has not shown its URL since. */
    WAITING,
    /** One of several that the top frame may show. */
    MAYBE_SHOWN,
    /** Shown by the top frame, or a frame's. */
    SHOWN
  }

  /**
   * @param id empty for an error page
   */
  private record Served(String id, String page, State state) {
    boolean is(State other) {
      return state == other;
    }

    Served as(State next) {
      return new Served(id, page, next);
    }
  }

  // Guarded by this: in the order they were served.
  private List<Served> living = new ArrayList<>();
  private List<String> shown = List.of();

  /** The document id in the headers of a response, empty if there is none. */
  static String idIn(Map<String, String> headers) {
    Matcher matcher = ID.matcher(headers.getOrDefault("server-timing", ""));
    return matcher.find() ? matcher.group(1) : "";
  }

  /**
   * A document was served to a frame.
   *
   * @param id empty if it has none
   * @return the documents that are gone because too many waited
   */
  synchronized List<String> served(boolean topFrame, String url, String id) {
    if (topFrame || !id.isEmpty()) {
      living.add(new Served(id, page(url), topFrame ? State.WAITING : State.SHOWN));
    }
    List<Served> waiting = living.stream().filter(one -> one.is(State.WAITING)).toList();
    if (waiting.size() <= WAITING_DOCUMENTS) {
      return List.of();
    }
    living.remove(waiting.get(0));
    return ids(waiting.subList(0, 1));
  }

  /**
   * The top frame shows another document.
   *
   * @param url what it shows
   * @return the documents that are gone with the one before
   */
  synchronized List<String> committed(String url) {
    String page = page(url);
    List<Integer> candidates = places(page, State.WAITING);
    List<Integer> now = candidates.isEmpty() ? places(page, State.MAYBE_SHOWN) : candidates;
    shown = ids(now.stream().map(living::get).toList());
    List<Served> stay = new ArrayList<>();
    if (!candidates.isEmpty()) {
      int first = candidates.get(0);
      int last = candidates.get(candidates.size() - 1);
      for (int i = first; i < living.size(); i++) {
        Served one = living.get(i);
        if (candidates.contains(i)) {
          stay.add(one.as(candidates.size() == 1 ? State.SHOWN : State.MAYBE_SHOWN));
        } else if (i > last || one.is(State.WAITING)) {
          stay.add(one);
        }
      }
    } else if (!now.isEmpty()) {
      // The next of those that wait for this URL, or the same once more.
      return List.of();
    } else {
      // A page that was not served by us; what waits may be shown next.
      living.stream().filter(one -> one.is(State.WAITING)).forEach(stay::add);
    }
    List<String> kept = ids(stay);
    List<String> gone = ids(living).stream().filter(id -> !kept.contains(id)).toList();
    living = stay;
    return gone;
  }

  /**
   * The documents that the top frame may show, in the order they were served: several where each of
   * them may be it, none if what it shows is not served by us.
   */
  synchronized List<String> shown() {
    return shown;
  }

  private List<Integer> places(String page, State state) {
    return IntStream.range(0, living.size())
        .filter(i -> living.get(i).is(state) && living.get(i).page().equals(page))
        .boxed()
        .toList();
  }

  private static List<String> ids(List<Served> documents) {
    return documents.stream().map(Served::id).filter(id -> !id.isEmpty()).toList();
  }

  /** A fragment is not asked for, but shown. */
  private static String page(String url) {
    int fragment = url.indexOf('#');
    return fragment < 0 ? url : url.substring(0, fragment);
  }
}
