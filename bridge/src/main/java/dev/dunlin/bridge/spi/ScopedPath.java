package dev.dunlin.bridge.spi;

import java.nio.file.Path;

/**
 * A path that policy has allowed for the command at hand. Only the dispatcher makes one. The
 * checked path is the path to use: open it without following links.
 */
public interface ScopedPath {
  /** Absolute, real (no symbolic link in any parent), without {@code .} and {@code ..}. */
  Path real();

  /** The path as the page wrote it, for error messages. */
  String asked();
}
