package dev.dunlin.shell.app;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which documents of one window still live. A frame's document lives until the window's top frame
 * shows another; that is when everything served before the new top document goes.
 *
 * <p><i>Thread:</i> any.
 */
final class WindowDocuments {
  private static final Pattern ID = Pattern.compile("dunlin;desc=\"([^\"]+)\"");

  // Guarded by this: documents in the order they were served.
  private final Deque<String> living = new ArrayDeque<>();
  // Guarded by this: what the top frame was served and has not shown yet; an error page has no id.
  private Optional<String> pendingTop = Optional.empty();

  /** The document id in the headers of a response, empty if there is none. */
  static String idIn(Map<String, String> headers) {
    Matcher matcher = ID.matcher(headers.getOrDefault("server-timing", ""));
    return matcher.find() ? matcher.group(1) : "";
  }

  /** A document was served to a frame. */
  synchronized void served(boolean topFrame, String id) {
    if (!id.isEmpty()) {
      living.add(id);
    }
    if (topFrame) {
      pendingTop = Optional.of(id);
    }
  }

  /**
   * The top frame shows another document.
   *
   * @return the documents that are gone with the one before
   */
  synchronized List<String> committed() {
    List<String> gone = new ArrayList<>();
    // Nothing pending: it shows a page that was not served by us.
    String shown = pendingTop.orElse("");
    pendingTop = Optional.empty();
    while (!living.isEmpty() && !living.peekFirst().equals(shown)) {
      gone.add(living.pollFirst());
    }
    return gone;
  }
}
