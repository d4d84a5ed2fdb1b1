package dev.dunlin.installers;

import java.nio.file.Path;

/** Where what makes packages faster is kept, for each user. It may be deleted at any time. */
final class PackageCache {
  private PackageCache() {}

  static Path folder() {
    String xdg = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
    Path cache =
        xdg.startsWith("/") ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
    return cache.resolve("dunlin").resolve("packages");
  }
}
