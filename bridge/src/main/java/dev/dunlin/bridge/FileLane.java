package dev.dunlin.bridge;

import io.vertx.core.Future;
import java.nio.file.Path;

/** The blob lane: a local file is put into an element of a page, which reads it as a Blob. */
public interface FileLane {
  /** Where there is none, pages read by the other lanes. */
  FileLane NONE =
      (window, slot, file) ->
          Future.failedFuture(new UnsupportedOperationException("there is no blob lane"));

  /**
   * Puts a file into the file input element that the page keeps under {@code slot}.
   *
   * <p><i>Thread:</i> a worker.
   *
   * @param file a name of the very file that policy has allowed, of which nothing else can be made
   * @return what to close when the page has read it: from then on it can't be read any more
   */
  Future<AutoCloseable> give(int window, String slot, Path file);
}
