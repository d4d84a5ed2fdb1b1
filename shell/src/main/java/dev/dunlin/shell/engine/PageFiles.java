package dev.dunlin.shell.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.FileLane;
import dev.dunlin.bridge.JsonValues;
import dev.dunlin.scheduler.RandomSource;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * The blob lane's end in Chromium: puts a file into an input element of a window's top frame, by
 * the DevTools protocol inside the process.
 *
 * <p>The page keeps its element where no other script finds it: behind a listener for the event
 * {@code dunlin:<slot>}. Chromium learns a file by a name that is used once: a link in our private
 * folder to the descriptor that the host holds open. When the page has read, the link goes and the
 * name never comes again, so what Chromium has been told leads to no other file, whatever the
 * descriptor's number becomes.
 *
 * <p><i>Thread:</i> any that may block.
 */
public final class PageFiles implements FileLane {
  /** Elements remembered of one window. Over: the oldest is looked up again. */
  private static final int ELEMENTS = 64;

  /** Longest wait for Chromium; then the page reads by another lane. In milliseconds. */
  private static final int PATIENCE_MS = 2_000;

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private final Path folder;
  private final RandomSource random;
  private final IntFunction<Optional<BrowserWindow>> windows;

  // Guarded by this: DevTools' ids of elements, by window and slot.
  private final Map<String, String> elements =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > ELEMENTS;
        }
      };

  public PageFiles(
      EngineTemp temp, RandomSource random, IntFunction<Optional<BrowserWindow>> windows) {
    this.folder = temp.folder();
    this.random = random;
    this.windows = windows;
  }

  @Override
  public Future<AutoCloseable> give(int window, String slot, Path file) {
    Path name = folder.resolve(random.hex128());
    try {
      // By our number: Chromium's other processes have descriptors of their own.
      Files.createSymbolicLink(
          name,
          file.startsWith(DESCRIPTORS)
              ? Path.of("/proc", Long.toString(ProcessHandle.current().pid()), "fd")
                  .resolve(DESCRIPTORS.relativize(file))
              : file);
      DevToolsSession session =
          windows
              .apply(window)
              .orElseThrow(() -> new EngineException("window " + window + " is gone"))
              .devTools();
      AutoCloseable release = () -> Files.deleteIfExists(name);
      return put(session, window + " " + slot, slot, name)
          .timeout(PATIENCE_MS, TimeUnit.MILLISECONDS)
          .map(done -> release)
          .onFailure(failed -> forget(name));
    } catch (IOException | EngineException e) {
      forget(name);
      return Future.failedFuture(e);
    }
  }

  private Future<String> put(DevToolsSession session, String key, String slot, Path name) {
    String known;
    synchronized (this) {
      known = elements.get(key);
    }
    if (known == null) {
      return element(session, slot)
          .compose(
              id -> {
                synchronized (this) {
                  elements.put(key, id);
                }
                return set(session, id, name);
              });
    }
    return set(session, known, name)
        .onFailure(
            gone -> {
              synchronized (this) {
                elements.remove(key);
              }
            });
  }

  private static Future<String> set(DevToolsSession session, String element, Path name) {
    return session.call(
        "DOM.setFileInputFiles",
        JsonValues.text(Map.of("objectId", element, "files", List.of(name.toString()))));
  }

  private static Future<String> element(DevToolsSession session, String slot) {
    return session
        .call(
            "Runtime.evaluate",
            JsonValues.text(
                Map.of(
                    "expression",
                    "getEventListeners(window)['dunlin:" + slot + "'][0].listener()",
                    "includeCommandLineAPI",
                    true,
                    "silent",
                    true)))
        .map(PageFiles::objectId);
  }

  private static String objectId(String answer) {
    try {
      JsonNode id = JsonValues.read(answer).path("result").path("objectId");
      if (id.isTextual()) {
        return id.asText();
      }
    } catch (IOException e) {
      throw new EngineException("DevTools answered what is no JSON: " + answer, e);
    }
    throw new EngineException("the page has no such element: " + answer);
  }

  private static void forget(Path name) {
    try {
      Files.deleteIfExists(name);
    } catch (IOException e) {
      // Our private folder, which goes with the process.
      System.getLogger(PageFiles.class.getName())
          .log(System.Logger.Level.WARNING, "a link that nobody will use stays: " + name, e);
    }
  }
}
