package dev.dunlin.bridge;

import dev.dunlin.scheduler.RandomSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What the bridge of one app must know.
 *
 * @param origin the app's origin, {@code https://<bundle id>.localhost}, without a trailing slash
 * @param policy what a caller may do that has no document: shared and service workers, and a top
 *     frame that has not yet named its document. The policy of the app's response header
 * @param names where {@code $HOME}, {@code $DOCUMENTS} and the like are, by name without the {@code
 *     $}: the path as written and, where it differs, its real path
 * @param random where document and handle ids come from
 */
public record BridgeConfig(
    String origin, PolicySet policy, Map<String, List<Path>> names, RandomSource random) {
  public BridgeConfig {
    Objects.requireNonNull(policy);
    Objects.requireNonNull(random);
    names = Map.copyOf(names);
    if (!origin.matches("[a-z]+://[a-z0-9.-]+(:[0-9]+)?")) {
      throw new IllegalArgumentException(
          "an origin is scheme://host, lower-case and without a path; this is " + origin);
    }
  }
}
