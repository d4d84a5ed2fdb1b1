package dev.dunlin.shell.resources;

import java.util.Map;

/** The content of {@code socket:internal/host}. */
@FunctionalInterface
public interface HostFacts {
  /** JSON-safe facts for the pages of one window. */
  Map<String, Object> of(int window);
}
