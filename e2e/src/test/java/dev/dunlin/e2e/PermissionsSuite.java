package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code [permissions]}: what pages may ask Chromium for. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.dunlin.e2e.Account#all")
class PermissionsSuite {
  @RegisterExtension static final Apps APPS = new Apps();

  private static final String FEATURES =
      "['fullscreen', 'microphone', 'camera', 'display-capture', 'geolocation', 'accelerometer',"
          + " 'gyroscope', 'magnetometer', 'clipboard-read', 'clipboard-write', 'storage-access',"
          + " 'autoplay', 'local-fonts', 'encrypted-media']";

  private static final String[] ALL = {
    "fullscreen",
    "microphone",
    "camera",
    "user_media",
    "geolocation",
    "notifications",
    "sensors",
    "clipboard",
    "bluetooth",
    "data_access",
    "airplay",
    "hotkeys",
    "autoplay",
    "device_orientation",
    "local_fonts",
    "media_key_system",
    "push_notifications",
    "service_worker"
  };

  @Parameter Account account;

  @TempDir Path folder;

  private Page open(String lines) throws IOException {
    return start(lines).page();
  }

  private RunningApp start(String lines) throws IOException {
    Path app = folder.resolve("permissions");
    Layout.copyTree(Apps.named("window"), app);
    Files.writeString(app.resolve("src/sw.js"), "self.onfetch = null");
    Files.writeString(app.resolve("socket.ini"), lines, StandardOpenOption.APPEND);
    RunningApp running = APPS.start(RunningApp.Start.of(app).as(account).driven());
    running.page().await("document.documentElement.dataset.ready === 'true'");
    return running;
  }

  private static JsonNode onClick(Page page, String call) {
    page.evaluate("onClick(() => " + call + ")");
    page.click("#try");
    return page.evaluate("clicked");
  }

  @Test
  void deniesWhatSocketIniTakesAway() throws IOException {
    StringBuilder lines = new StringBuilder("[permissions]\n");
    for (String name : ALL) {
      lines.append("allow_").append(name).append(" = false\n");
    }
    Page page = open(lines.toString());
    assertEquals(
        "[]",
        page.evaluate(FEATURES + ".filter(name => document.featurePolicy.allowsFeature(name))")
            .toString());
    JsonNode read = onClick(page, "navigator.clipboard.readText()");
    assertEquals("NotAllowedError", read.path("name").asText(), read::toString);
    assertTrue(read.path("message").asText().contains("permissions policy"), read::toString);
    JsonNode write = onClick(page, "navigator.clipboard.writeText('x')");
    assertEquals("NotAllowedError", write.path("name").asText(), write::toString);
    JsonNode screen = onClick(page, "document.documentElement.requestFullscreen()");
    assertTrue(screen.path("message").asText().contains("permissions policy"), screen::toString);
    for (String name : new String[] {"camera", "microphone", "geolocation"}) {
      assertEquals(
          "denied",
          page.evaluate("navigator.permissions.query({name: '" + name + "'}).then(p => p.state)")
              .asText(),
          name);
    }
    assertEquals("undefined", page.evaluate("typeof Notification").asText());
    assertEquals("undefined", page.evaluate("typeof navigator.bluetooth").asText());
    JsonNode worker = page.evaluate("outcome(() => navigator.serviceWorker.register('/sw.js'))");
    assertTrue(worker.path("message").asText().contains("403"), worker::toString);
    // A frame of the same origin gets no more, whatever its allow attribute says.
    JsonNode frame =
        page.run(
            """
            const frame = document.createElement('iframe')
            frame.allow = 'camera *; fullscreen *'
            frame.src = '/index.html'
            await new Promise(done => { frame.onload = done; document.body.append(frame) })
            return frame.contentDocument.featurePolicy.allowsFeature('camera')
            """);
    assertFalse(frame.asBoolean(true), frame::toString);
  }

  @Test
  void blocksNothingThatSocketIniLeaves() throws IOException {
    Page page = open("");
    assertEquals(
        "[]",
        page.evaluate(FEATURES + ".filter(name => !document.featurePolicy.allowsFeature(name))")
            .toString());
    JsonNode write = onClick(page, "navigator.clipboard.writeText('x')");
    assertTrue(write.has("value"), write::toString);
    JsonNode screen = onClick(page, "document.documentElement.requestFullscreen()");
    assertTrue(screen.has("value"), screen::toString);
    assertEquals("function", page.evaluate("typeof Notification").asText());
    JsonNode worker =
        page.evaluate(
            "outcome(() => navigator.serviceWorker.register('/sw.js').then(r => r.scope))");
    assertTrue(worker.path("value").asText().endsWith("/"), worker::toString);
  }

  @Test
  void takesAwayOneWithoutTheOthers() throws IOException {
    Page page = open("[permissions]\nallow_camera = false\n");
    assertFalse(page.evaluate("document.featurePolicy.allowsFeature('camera')").asBoolean(true));
    assertTrue(page.evaluate("document.featurePolicy.allowsFeature('microphone')").asBoolean());
  }

  /** Nobody can be asked: a page that waited for the answer would wait for ever. */
  @Test
  void answersAtOnceWhatAPersonWouldHaveToBeAsked() throws IOException {
    Page page = open("");
    assertEquals("denied", page.evaluate("Notification.requestPermission()").asText());
    JsonNode place =
        page.evaluate(
            "new Promise(done => navigator.geolocation.getCurrentPosition(() => done(0), e => done(e.code)))");
    assertEquals(1, place.asInt(), "PERMISSION_DENIED");
  }

  @Test
  void refusesAHeaderThatWouldSpoilOurs() throws IOException {
    Path app = folder.resolve("spoilt");
    Layout.copyTree(Apps.named("window"), app);
    Files.writeString(
        app.resolve("socket.ini"),
        "[webview]\nheaders[] = Permissions-Policy: %%%\n[permissions]\nallow_camera = false\n",
        StandardOpenOption.APPEND);
    RunningApp running = APPS.start(RunningApp.Start.of(app).as(account));
    assertNotEquals(0, running.awaitExit());
    assertTrue(running.log().contains("Permissions-Policy"), running.log());
    assertFalse(running.log().contains("\tat "), "a stack trace: " + running.log());
  }

  /** Such a worker answers for the host: with whatever header it likes. */
  @Test
  void endsServiceWorkersOfEarlierRunsWhenTheyAreTakenAwayAndKeepsOtherData() throws IOException {
    Path forging = folder.resolve("forging.js");
    Files.writeString(
        forging,
        """
        self.onactivate = event => event.waitUntil(clients.claim())
        self.onfetch = event => {
          if (event.request.mode === 'navigate') {
            event.respondWith(new Response('forged', {headers: {'content-type': 'text/html'}}))
          }
        }
        """);
    RunningApp first = start("");
    Files.copy(forging, first.app().resolve("src/forging.js"));
    account.own(first.app());
    first
        .page()
        .run(
            "await navigator.serviceWorker.register('/forging.js');"
                + " await navigator.serviceWorker.ready;"
                + " localStorage.setItem('kept', 'yes');"
                + " await (await caches.open('mine')).put('/kept', new Response('kept'));"
                + " return true");
    stop(first);
    RunningApp second = APPS.start(RunningApp.Start.of(first.app()).as(account).in(first).driven());
    // The twin: the worker is there, and does that.
    second.page().await("document.body.innerText === 'forged'");
    stop(second);
    Files.writeString(
        first.app().resolve("socket.ini"),
        "[permissions]\nallow_service_worker = false\n",
        StandardOpenOption.APPEND);
    RunningApp third = APPS.start(RunningApp.Start.of(first.app()).as(account).in(first).driven());
    Page page = third.page();
    page.await("document.documentElement.dataset.ready === 'true'");
    assertEquals(
        0, page.evaluate("navigator.serviceWorker.getRegistrations().then(r => r.length)").asInt());
    assertEquals("yes", page.evaluate("localStorage.getItem('kept')").asText());
    assertEquals(
        "kept", page.evaluate("caches.match('/kept').then(r => r ? r.text() : 'gone')").asText());
    stop(third);
  }

  private static void stop(RunningApp app) {
    app.signal("INT", app.pid());
    app.awaitExit();
  }

  @Test
  void namesTheKeyOfACacheControlThatIsNoHeader() throws IOException {
    Path app = folder.resolve("spoilt");
    Layout.copyTree(Apps.named("window"), app);
    Files.writeString(
        app.resolve("socket.ini"),
        "[webview]\ncache-control = für immer\n",
        StandardOpenOption.APPEND);
    RunningApp running = APPS.start(RunningApp.Start.of(app).as(account));
    assertNotEquals(0, running.awaitExit());
    assertTrue(running.log().contains("cache-control: 'für immer' is no value"), running.log());
    assertFalse(running.log().contains("headers[]"), running.log());
    assertFalse(running.log().contains("\tat "), "a stack trace: " + running.log());
  }
}
