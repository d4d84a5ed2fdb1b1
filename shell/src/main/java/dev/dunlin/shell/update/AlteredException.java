package dev.dunlin.shell.update;

import java.io.IOException;
import java.nio.file.Path;

/** A file of an installed app is not the one that was installed. */
public final class AlteredException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Path file;
  private final String why;

  AlteredException(Path file, String why) {
    super(file + " is not as it was installed: " + why);
    this.file = file;
    this.why = why;
  }

  public Path file() {
    return file;
  }

  /** A clause without a full stop. */
  public String why() {
    return why;
  }
}
