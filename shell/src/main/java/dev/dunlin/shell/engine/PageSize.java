package dev.dunlin.shell.engine;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.awt.Dimension;
import java.io.IOException;

/**
 * Whether Chromium knows how large its window is. It makes every window 800 by 600, and now and
 * then misses that X11 has made it larger at once, above all as large as the screen: the window is
 * right then, and what is in it stays small until the window changes again.
 */
final class PageSize {
  /** DevTools' method whose result tells it, in pixels of the screen. */
  static final String METHOD = "Page.getLayoutMetrics";

  /**
   * Difference from which on it does not fill it, in CSS pixels: what it tells is without scroll
   * bars, which are 15 wide, and Chromium rounds its window outwards.
   */
  static final int MARGIN = 24;

  private static final String VIEWPORT = "layoutViewport";

  // Not ObjectMapper, which takes a tenth of a second when a window has just come.
  private static final JsonFactory JSON = new JsonFactory();

  private PageSize() {}

  /**
   * Whether the page fills it.
   *
   * @param metrics the result of {@link #METHOD}
   * @param size of its place in the window, in AWT's pixels
   * @param toolkit pixels of the screen for one of AWT's
   * @param scale AWT's pixels for one of CSS
   * @throws EngineException if it does not tell
   */
  static boolean fills(String metrics, Dimension size, double toolkit, Scale scale) {
    double width = -1;
    double height = -1;
    try (JsonParser parser = JSON.createParser(metrics)) {
      while (parser.nextToken() != null && (width < 0 || height < 0)) {
        if (parser.currentToken() != JsonToken.FIELD_NAME
            || parser.getParsingContext().getParent().getCurrentName() == null
            || !parser.getParsingContext().getParent().getCurrentName().equals(VIEWPORT)) {
          continue;
        }
        String name = parser.currentName();
        parser.nextToken();
        width = name.equals("clientWidth") ? parser.getDoubleValue() : width;
        height = name.equals("clientHeight") ? parser.getDoubleValue() : height;
      }
    } catch (IOException e) {
      throw new EngineException("DevTools answered what is no JSON", e);
    }
    if (width < 0 || height < 0) {
      throw new EngineException("DevTools did not tell how large the page is");
    }
    double margin = MARGIN * toolkit * scale.factor();
    return Math.abs(width - size.width * toolkit) < margin
        && Math.abs(height - size.height * toolkit) < margin;
  }
}
