package dev.dunlin.shell.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A fault in {@code socket.ini}. The message is one line, {@code file:line: [section] key: cause.
 * Cure.}
 */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String file;
  private final int line;
  private final String key;
  private final String fault;
  private final String cure;

  /**
   * @param line from 1; 0 when the fault is not on one line (a missing key or file)
   * @param key as a person writes it, such as {@code [meta] version}; empty when there is none
   * @param fault what is wrong, without a full stop
   * @param cure what to write instead, a sentence
   */
  public ConfigException(Path file, int line, String key, String fault, String cure) {
    super(
        file
            + (line > 0 ? ":" + line : "")
            + ": "
            + (key.isEmpty() ? "" : key + ": ")
            + fault
            + ". "
            + cure);
    this.file = file.toString();
    this.line = line;
    this.key = key;
    this.fault = fault;
    this.cure = cure;
  }

  public Path file() {
    return Path.of(file);
  }

  /** From 1; empty when the fault is not on one line. */
  public Optional<Integer> line() {
    return line > 0 ? Optional.of(line) : Optional.empty();
  }

  /** Such as {@code [meta] version}; empty when no key is at fault. */
  public Optional<String> key() {
    return key.isEmpty() ? Optional.empty() : Optional.of(key);
  }

  public String fault() {
    return fault;
  }

  public String cure() {
    return cure;
  }
}
