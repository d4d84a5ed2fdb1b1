package dev.dunlin.bridge.spi;

import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;

/**
 * A named set of commands: the part of {@code ipc://<name>/…} that one Java module answers.
 * Registered once, in the composition root.
 */
public interface CommandModule {
  /** The host part of the command URL: lower-case letters, digits, {@code _} and {@code -}. */
  String name();

  /** Every command of this module. Read once, at registration. */
  List<Command> commands();

  /** The app ends: keeps what is to be kept. Whoever asks waits, for a while. */
  default Future<Void> shutDown() {
    return Future.succeededFuture();
  }

  /**
   * Files, and folders without folders in them, that it keeps from pages: no command of whatever
   * module is given a path in them, whatever the policy. Absolute; they need not be there yet. Read
   * once, at registration; what an added module names stays secret when it is removed.
   */
  default List<Path> secretFiles() {
    return List.of();
  }
}
