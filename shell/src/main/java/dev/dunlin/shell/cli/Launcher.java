package dev.dunlin.shell.cli;

/** Opens an app. */
public interface Launcher {
  /**
   * An app is going to be run: what takes its time and depends on no option may begin, beside the
   * reading of the configuration. Does not block; need not be called.
   */
  default void prepare() {}

  /**
   * Runs the app until it ends. Blocks. The display is ready when this is called, and stays until
   * it returns.
   *
   * @return the exit code of the process
   */
  int run(RunOptions options);
}
