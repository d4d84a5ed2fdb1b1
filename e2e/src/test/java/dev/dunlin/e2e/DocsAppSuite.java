package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code dunlin docs} opens, as the build has made it. */
class DocsAppSuite {
  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension static final Apps APPS = new Apps();

  private static Page ready(RunningApp app) {
    Page page = app.page();
    page.await("document.documentElement.dataset.ready === 'true'");
    return page;
  }

  private static RunningApp open() {
    Path made = Layout.of(Account.self()).home().resolve("installers/target/docs-app");
    return APPS.start(RunningApp.Start.of(made).driven());
  }

  @Test
  void findsAPlaceByTheKeysAloneAndGoesThere() {
    RunningApp app = open();
    Page page = ready(app);
    page.type("/");
    page.await("document.activeElement.id === 'query' && document.activeElement.value === ''");
    page.type("from electron");
    page.await("document.querySelector('#found [aria-selected=true] mark') !== null");
    assertEquals("true", page.evaluate("query.getAttribute('aria-expanded')").asText());
    assertEquals(
        "Electron",
        page.evaluate("document.querySelector('#found [aria-selected=true] i')" + ".textContent")
            .asText());
    key(page, "Enter");
    page.await("location.pathname === '/migrate-from-electron.html'");
    ready(app);
    assertEquals(
        "Electron",
        page.evaluate("document.querySelector('[aria-current=page]').textContent").asText());
    page.type("/<b>nothing says this");
    page.await("document.getElementById('count').textContent.startsWith('Nothing says')");
    assertEquals(0, page.evaluate("document.querySelectorAll('#found b').length").asInt());
    key(page, "Escape");
    page.await("document.getElementById('found').hidden");
  }

  @Test
  void everyPageOpensUnderAPolicyThatGrantsNothing() throws IOException {
    RunningApp app = open();
    Page page = ready(app);
    JsonNode pages = page.evaluate("[...document.querySelectorAll('#pages a')].map(a => a.href)");
    assertTrue(pages.size() > 40, pages::toString);
    for (JsonNode url : pages) {
      page.navigate(url.asText());
      page.await(
          "location.href === "
              + url
              + " && document.documentElement.dataset.ready === 'true'"
              + " && document.querySelectorAll('h1').length === 1"
              + " && [...document.images].every(image => image.naturalWidth > 0)");
    }
    assertFalse(app.log().contains("Content Security Policy"), app.log());
    String refused =
        page.run("return fetch('ipc://os/cpus').then(() => 'answered', error => error.name)")
            .asText();
    assertEquals("TypeError", refused);
  }

  @Test
  void followsTheSystemsColoursAndFitsANarrowWindow() throws IOException {
    RunningApp app = open();
    Page page = ready(app);
    page.navigate(page.evaluate("new URL('shipping.html', location.href).href").asText());
    page.await(
        "location.pathname === '/shipping.html' && document.documentElement.dataset.ready === 'true'");
    String light = background(page, "light");
    picture(page, "docs-light");
    String dark = background(page, "dark");
    picture(page, "docs-dark");
    assertEquals("rgb(251, 248, 242)", light);
    assertEquals("rgb(20, 27, 33)", dark);
    for (String scheme : new String[] {"light", "dark"}) {
      background(page, scheme);
      // WCAG 2, 1.4.3: of each text with what is behind it.
      JsonNode poor =
          page.run(
              """
              const channel = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
              const parts = colour => colour.match(/[\\d.]+/g).map(Number)
              const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
              const behind = e => {
                for (let at = e; at; at = at.parentElement) {
                  const colour = parts(getComputedStyle(at).backgroundColor)
                  if (colour.length === 3 || colour[3] > 0) return colour
                }
              }
              return [...document.querySelectorAll('body *')]
                .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
                .map(e => {
                  const [a, b] = [light(parts(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x)
                  return [(a + 0.05) / (b + 0.05), e.tagName, e.textContent.slice(0, 40)]
                })
                .filter(([ratio]) => ratio < 4.5)""");
      assertEquals(0, poor.size(), poor::toString);
    }
    ObjectNode narrow = JSON.createObjectNode();
    narrow.put("width", 360).put("height", 640).put("deviceScaleFactor", 1).put("mobile", false);
    page.call("Emulation.setDeviceMetricsOverride", narrow);
    page.await("innerWidth === 360 && document.documentElement.scrollWidth <= 360");
    page.await("getComputedStyle(document.getElementById('pages')).display === 'none'");
    picture(page, "docs-narrow");
    page.click("#menu");
    page.await("getComputedStyle(document.getElementById('pages')).display === 'block'");
    assertEquals("true", page.evaluate("menu.getAttribute('aria-expanded')").asText());
  }

  private static void key(Page page, String name) {
    int code = name.equals("Enter") ? 13 : 27;
    for (String type : new String[] {"rawKeyDown", "keyUp"}) {
      page.call(
          "Input.dispatchKeyEvent",
          JSON.createObjectNode()
              .put("type", type)
              .put("key", name)
              .put("code", name)
              .put("windowsVirtualKeyCode", code));
    }
  }

  private static String background(Page page, String scheme) {
    ObjectNode media = JSON.createObjectNode();
    media.putArray("features").addObject().put("name", "prefers-color-scheme").put("value", scheme);
    page.call("Emulation.setEmulatedMedia", media);
    page.await("matchMedia('(prefers-color-scheme: " + scheme + ")').matches");
    return page.evaluate("getComputedStyle(document.body).backgroundColor").asText();
  }

  /** For people to look at. */
  private static void picture(Page page, String name) throws IOException {
    Path folder = Layout.of(Account.self()).home().resolve("e2e/target/pictures");
    Files.createDirectories(folder);
    Files.write(folder.resolve(name + ".png"), page.screenshot());
  }
}
