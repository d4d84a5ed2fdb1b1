package dev.dunlin.shell.cli;

/** Opens an app. */
public interface Launcher {
  /**
   * Runs the app until it ends. Blocks. The display is ready when this is called, and stays until
   * it returns.
   *
   * @return the exit code of the process
   */
  int run(RunOptions options);
}
