package dev.dunlin.shell;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Properties;

/** What the build wrote down about itself. */
public final class BuildInfo {
  private static final Properties PROPERTIES = load();

  private BuildInfo() {}

  /** Version of Dunlin. */
  public static String dunlin() {
    return PROPERTIES.getProperty("dunlin");
  }

  /** Version of JCEF and of the Chromium in it, as one word: {@code jcef-…+cef-…+chromium-…}. */
  public static String engine() {
    return PROPERTIES.getProperty("natives");
  }

  /** Version of Chromium. */
  public static String chromium() {
    return engine().replaceFirst(".*chromium-", "");
  }

  /** Version of CEF. */
  public static String cef() {
    return engine().replaceFirst(".*cef-([0-9.]+).*", "$1");
  }

  /** Version of Vert.x. */
  public static String vertx() {
    return PROPERTIES.getProperty("vertx");
  }

  /** The time that all files of this version have in packages. */
  public static Instant timestamp() {
    return Instant.parse(PROPERTIES.getProperty("built"));
  }

  private static Properties load() {
    Properties properties = new Properties();
    try (InputStream in = BuildInfo.class.getResourceAsStream("build.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties;
  }
}
