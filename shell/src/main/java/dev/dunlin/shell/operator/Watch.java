package dev.dunlin.shell.operator;

/**
 * What there is to tell while somebody watches. Made when the first attaches, closed when the last
 * has gone.
 *
 * <p><i>Thread:</i> the server's, which it may block for a while.
 */
public interface Watch extends AutoCloseable {
  /** How the app is now. */
  Snapshot next();

  @Override
  void close();
}
