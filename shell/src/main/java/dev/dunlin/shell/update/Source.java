package dev.dunlin.shell.update;

import dev.dunlin.shell.update.Fetcher.Content;
import dev.dunlin.shell.update.Manifest.Entry;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Where updates come from. Nothing that it brings is believed. Blocks. */
interface Source {
  /** What the page is told. */
  String name();

  /** As a message names it. */
  String place();

  /** As a message names a file of it. */
  default String place(Entry file) {
    return place();
  }

  /**
   * The newest manifest that passes.
   *
   * @param rules false of a version that runs already; throws of what breaks a rule
   * @throws UpdateException when there is none to be had, or none that passes
   */
  Optional<Manifest> find(Rules rules) throws IOException;

  /** What a manifest must pass. */
  interface Rules {
    boolean isWanted(Manifest manifest) throws IOException;
  }

  /**
   * Begins to bring files.
   *
   * @param wanted those that will be asked for, in that order; not a promise
   */
  Files open(Manifest manifest, List<Entry> wanted, BooleanSupplier cancelled);

  /** Files of one update. */
  interface Files extends AutoCloseable {
    /**
     * A file.
     *
     * @param from first byte that is wanted; what comes may begin before
     */
    Content get(Entry file, long from) throws IOException;

    @Override
    void close();
  }
}
