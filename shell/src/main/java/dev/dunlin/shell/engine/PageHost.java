package dev.dunlin.shell.engine;

import dev.dunlin.bridge.Answer;
import dev.dunlin.bridge.Cancellation;
import dev.dunlin.bridge.Frame;
import dev.dunlin.bridge.StreamLane;
import io.vertx.core.Future;

/**
 * What the engine asks of the rest of Dunlin. A window is named by its id, see {@link
 * WindowNumber}.
 *
 * <p><i>Thread:</i> {@link #open} is called on Chromium's threads that may block on local files;
 * everything else on Chromium's UI thread, which must not block.
 */
public interface PageHost {
  /** Answers a request of a page. */
  StreamLane.Exchange open(PageRequest request);

  /**
   * Takes a message of the call lane.
   *
   * @return what to run when Chromium cancels the query
   */
  Cancellation message(Frame frame, String message, Answer answer);

  /**
   * Answers a short look that a page's script waits for, see {@link StreamLane#look}.
   *
   * @param origin of the document that asks, or its URL
   */
  String look(int window, String origin, String url);

  /** A line for the console. */
  void console(int window, ConsoleLevel level, String text, String source, int line);

  /** Whether a frame may go to {@code url}. */
  Navigation navigate(int window, boolean topFrame, String url, boolean userGesture);

  /**
   * A page wants a new window; it never gets one by itself. Whether a person asked for it, JCEF
   * does not tell.
   */
  void popup(int window, boolean topFrame, String url);

  /** The renderer of a window is gone. */
  void rendererGone(int window, String cause);

  /** A document of the top frame has been committed. */
  void committed(int window, String url);

  /** The top frame's document and what it asked for have loaded. */
  void loaded(int window, String url, int status);

  /** The page asks to save a file: the host accepts or cancels it, at any time. */
  void download(int window, Download download);

  /** Nothing was loaded, for the server's certificate is wrong. */
  void certificateRefused(int window, String url, String error);

  /** The page set its title. */
  void title(int window, String title);

  /**
   * The page's {@code beforeunload} says that something would be lost: whether the person leaves it
   * all the same.
   *
   * @param reload whether it would be loaded again, not left
   */
  Future<Boolean> leave(int window, boolean reload);

  /** How bad a console line is. */
  enum ConsoleLevel {
    DEBUG,
    INFO,
    WARNING,
    ERROR
  }

  /** What becomes of a navigation. */
  enum Navigation {
    ALLOW,
    DENY,
    /** Denied here, offered to the person's own browser. */
    EXTERNAL
  }
}
