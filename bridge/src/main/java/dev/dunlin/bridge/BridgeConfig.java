package dev.dunlin.bridge;

import dev.dunlin.scheduler.RandomSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * What the bridge of one app must know.
 *
 * @param origin the app's origin, {@code https://<bundle id>.localhost}, without a trailing slash
 * @param policy what a caller may do that has no document: shared and service workers, and a top
 *     frame that has not yet named its document. The policy of the app's response header
 * @param ownFiles what the app is made of, absolute: its folder and its {@code socket.ini}. Pages
 *     change it only where every policy names it, see docs/bridge.md
 * @param random where document and handle ids come from
 * @param files how local files are put into pages
 */
public record BridgeConfig(
    String origin, PolicySet policy, List<Path> ownFiles, RandomSource random, FileLane files) {
  public BridgeConfig {
    Objects.requireNonNull(policy);
    Objects.requireNonNull(random);
    Objects.requireNonNull(files);
    ownFiles = List.copyOf(ownFiles);
    if (!origin.matches("[a-z]+://[a-z0-9.-]+(:[0-9]+)?")) {
      throw new IllegalArgumentException(
          "an origin is scheme://host, lower-case and without a path; this is " + origin);
    }
  }
}
