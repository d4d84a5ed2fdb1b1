package dev.dunlin.shell;

import java.time.Instant;

/** What the build wrote down about itself. */
public final class BuildInfo {
  private static final String DUNLIN = "${project.version}";
  private static final String ENGINE = "${jcef.natives.version}";
  private static final String VERTX = "${vertx.version}";
  private static final String BUILT = "${project.build.outputTimestamp}";

  private BuildInfo() {}

  /** Version of Dunlin. */
  public static String dunlin() {
    return DUNLIN;
  }

  /** Version of JCEF and of the Chromium in it, as one word: {@code jcef-…+cef-…+chromium-…}. */
  public static String engine() {
    return ENGINE;
  }

  /** Version of Chromium. */
  public static String chromium() {
    return ENGINE.replaceFirst(".*chromium-", "");
  }

  /** Version of CEF. */
  public static String cef() {
    return ENGINE.replaceFirst(".*cef-([0-9.]+).*", "$1");
  }

  /** Version of Vert.x. */
  public static String vertx() {
    return VERTX;
  }

  /** The time that all files of this version have in packages. */
  public static Instant timestamp() {
    return Instant.parse(BUILT);
  }
}
