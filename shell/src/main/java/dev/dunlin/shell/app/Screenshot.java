package dev.dunlin.shell.app;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.shell.engine.DevToolsSession;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** A PNG of a page, taken by Chromium itself. */
final class Screenshot {
  /**
   * Longest wait for the first paint and for what the page loads after it, in milliseconds; then
   * what is there is taken.
   */
  private static final int PAINT_MS = 5_000;

  private static final int SETTLE_MS = 600;

  /**
   * Resolves after the first contentful paint, and once nothing in the page has changed for a
   * while: what a person calls loaded.
   */
  private static final String PAINTED =
      """
      new Promise(resolve => {
        const end = setTimeout(resolve, %d);
        const settled = () => {
          let timer;
          const observer = new MutationObserver(() => again());
          const again = () => {
            clearTimeout(timer);
            timer = setTimeout(() => { observer.disconnect(); clearTimeout(end); resolve(); }, %d);
          };
          observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
          again();
        };
        if (performance.getEntriesByName('first-contentful-paint').length > 0) settled();
        else new PerformanceObserver((list, self) => {
          if (list.getEntriesByName('first-contentful-paint').length > 0) { self.disconnect(); settled(); }
        }).observe({ type: 'paint', buffered: true });
      })
      """
          .formatted(PAINT_MS, SETTLE_MS);

  private static final ObjectMapper JSON = new ObjectMapper();

  private Screenshot() {}

  /** Waits for the first painted page, then writes the file; a file that exists is replaced. */
  static Future<Path> take(DevToolsSession session, Path file) {
    String wait =
        JSON.createObjectNode().put("expression", PAINTED).put("awaitPromise", true).toString();
    return session
        .call("Runtime.evaluate", wait)
        .compose(painted -> session.call("Page.captureScreenshot", "{\"format\":\"png\"}"))
        .compose(
            result -> {
              try {
                byte[] png =
                    Base64.getDecoder().decode(JSON.readTree(result).path("data").asText());
                Files.write(file, png);
                return Future.succeededFuture(file);
              } catch (IOException e) {
                return Future.failedFuture(
                    new IOException(
                        "cannot write the screenshot " + file + ": " + e.getMessage(), e));
              }
            });
  }
}
