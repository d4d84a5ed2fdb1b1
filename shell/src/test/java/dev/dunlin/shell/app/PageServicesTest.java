package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.shell.engine.PageProtocol;
import org.junit.jupiter.api.Test;

class PageServicesTest {
  private static ObjectNode area(double width, double height) {
    return PageProtocol.object().put("width", width).put("height", height);
  }

  private static JsonNode clip(ObjectNode area, double scale) {
    return PageServices.clip(PageProtocol.object(), area, scale).path("clip");
  }

  /** Chromium makes a picture of the screen's pixels of an area that is told in CSS pixels. */
  @Test
  void aPictureHasNoMorePixelsOfTheScreenThanIsSaidWhateverTheScale() {
    int most = PageServices.PICTURE_PX;
    for (double scale : new double[] {0.5, 1, 1.5, 2, 5}) {
      double css = Math.floor(most / scale);
      assertEquals(css, clip(area(css, 10), scale).path("width").asDouble());
      assertEquals(css, clip(area(10, css), scale).path("height").asDouble());
      for (ObjectNode over : new ObjectNode[] {area(css + 1, 10), area(10, css + 1)}) {
        BridgeError refused = assertThrows(BridgeError.class, () -> clip(over, scale));
        assertEquals("ERR_INVALID_CALL", refused.code());
      }
    }
    BridgeError refused = assertThrows(BridgeError.class, () -> clip(area(10, 8193), 2));
    assertEquals("height is a number from 1 to 8192, this is 8193.0", refused.getMessage());
  }
}
