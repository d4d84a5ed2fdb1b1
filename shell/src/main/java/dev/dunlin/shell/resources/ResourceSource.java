package dev.dunlin.shell.resources;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the app's files come from: a folder in the dev loop, a package once installed.
 *
 * <p><i>Thread:</i> any, several at once; may block on local files.
 */
public interface ResourceSource {
  /**
   * Looks a resource up.
   *
   * @param segments decoded names from the root down, each passed by {@link AppPath}; empty for the
   *     root itself
   * @throws IOException a fault of the disk or the system, not an absent file
   */
  Found find(List<String> segments) throws IOException;

  /**
   * The part of this source that {@code [webview] root} makes the app's {@code /}.
   *
   * @param root URL path of a folder, with or without a slash at its end
   * @throws IllegalArgumentException when it has a name that is not served
   */
  default ResourceSource below(String root) {
    AppPath path = AppPath.parse(root);
    if (path instanceof AppPath.Refused refused) {
      throw new IllegalArgumentException("'" + root + "' is not served: " + refused.why());
    }
    List<String> folder = ((AppPath.Names) path).segments();
    return segments -> find(Stream.concat(folder.stream(), segments.stream()).toList());
  }

  /** What a lookup gave. */
  sealed interface Found {
    /**
     * A regular file.
     *
     * @param sizeBytes its size now
     * @param modified time of its last change
     * @param identity changes when another file takes its place under the same name
     * @param opener opens it for reading
     */
    record File(long sizeBytes, Instant modified, String identity, Opener opener)
        implements Found {}

    /** A folder. */
    record Directory() implements Found {}

    /**
     * Nothing that is served.
     *
     * @param lookedFor the place, for a person to read
     * @param why the reason, a clause without a full stop
     */
    record Missing(String lookedFor, String why) implements Found {}

    /**
     * There is something, and the system does not let this user read it.
     *
     * @param lookedFor the place, for a person to read
     */
    record Unreadable(String lookedFor) implements Found {}

    /**
     * The whole source is no longer there.
     *
     * @param root the place, for a person to read
     */
    record Gone(String root) implements Found {}
  }

  /** Opens the file that was found. */
  @FunctionalInterface
  interface Opener {
    SeekableByteChannel open() throws IOException;
  }
}
