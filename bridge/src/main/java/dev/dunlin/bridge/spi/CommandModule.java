package dev.dunlin.bridge.spi;

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
}
