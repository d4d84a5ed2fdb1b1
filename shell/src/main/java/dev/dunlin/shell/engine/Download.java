package dev.dunlin.shell.engine;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.cef.callback.CefBeforeDownloadCallback;
import org.cef.callback.CefDownloadItem;
import org.cef.callback.CefDownloadItemCallback;

/**
 * A file that a page asks to save. Nothing is saved until it is accepted.
 *
 * <p><i>Thread:</i> any.
 */
public final class Download implements AutoCloseable {
  /** How far it is. */
  public enum State {
    RUNNING,
    DONE,
    CANCELLED,
    /** It broke off: the server or the disk. */
    FAILED
  }

  /**
   * @param total 0 if the server does not say
   */
  public record Progress(State state, long received, long total) {}

  private final String url;
  private final String suggestedName;

  // Guarded by this. JCEF saves a download whose question is forgotten (its finaliser says go on),
  // so the question is kept until Chromium is done with the download.
  private CefBeforeDownloadCallback question;
  private CefDownloadItemCallback control;
  private boolean cancelled;
  private Progress last = new Progress(State.RUNNING, 0, 0);
  private Consumer<Progress> listener = now -> {};

  Download(String url, String suggestedName, CefBeforeDownloadCallback question) {
    this.url = url;
    this.suggestedName = suggestedName;
    this.question = question;
  }

  public String url() {
    return url;
  }

  /** As the server or the page says; anything may stand in it. */
  public String suggestedName() {
    return suggestedName;
  }

  /**
   * Lets Chromium write it to a file, which must not be there.
   *
   * @param progress told how far it is now, then of each change, in order; does not block
   */
  public synchronized void accept(Path file, Consumer<Progress> progress) {
    listener = progress;
    if (cancelled && last.state == State.RUNNING) {
      // Chromium, which has no answer, may have nothing to tell any more.
      last = new Progress(State.CANCELLED, last.received, last.total);
    }
    listener.accept(last);
    if (last.state == State.RUNNING) {
      question.Continue(file.toString(), false);
    }
  }

  public synchronized void pause() {
    if (control != null && last.state == State.RUNNING) {
      control.pause();
    }
  }

  public synchronized void resume() {
    if (control != null && last.state == State.RUNNING) {
      control.resume();
    }
  }

  /** Ends it, unless it is done. */
  public synchronized void cancel() {
    cancelled = true;
    if (control != null && last.state == State.RUNNING) {
      control.cancel();
    }
  }

  @Override
  public void close() {
    cancel();
  }

  /**
   * Whether Chromium is done with it.
   *
   * @param item valid during this call only
   */
  synchronized boolean updated(CefDownloadItem item, CefDownloadItemCallback callback) {
    control = callback;
    State state =
        item.isInProgress()
            ? State.RUNNING
            : item.isComplete()
                ? State.DONE
                : item.isCanceled() || cancelled ? State.CANCELLED : State.FAILED;
    Progress now = new Progress(state, item.getReceivedBytes(), Math.max(0, item.getTotalBytes()));
    boolean changed = last.state == State.RUNNING && !now.equals(last);
    if (changed) {
      last = now;
    }
    if (state == State.RUNNING && cancelled) {
      callback.cancel();
    }
    if (state != State.RUNNING) {
      control = null;
    }
    if (changed) {
      listener.accept(now);
    }
    return state != State.RUNNING;
  }
}
