package dev.dunlin.shell.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.shell.engine.WindowPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where windows were when they closed, by name: for those that want to be there again. What the
 * file says is believed no further than the screens reach.
 *
 * <p><i>Thread:</i> any; what reads or writes the file blocks on it.
 */
final class WindowMemory {
  /** Names that are kept. Over: the one that was noted first goes. */
  static final int MOST_NAMES = 256;

  /** Largest file that is read. Over: it counts as none. */
  static final int FILE_BYTES = 256 << 10;

  private final Path file;
  private final Console console;

  /** Noted, and not written yet. */
  private final Map<String, WindowPlace> unwritten = new ConcurrentHashMap<>();

  WindowMemory(Path file, Console console) {
    this.file = file;
    this.console = console;
  }

  /** Where the window of this name was last. */
  Optional<WindowPlace> of(String name) {
    return Optional.ofNullable(unwritten.get(name)).or(() -> written(name));
  }

  private synchronized Optional<WindowPlace> written(String name) {
    JsonNode place = read().path(name);
    return place.isObject()
        ? Optional.of(
            new WindowPlace(
                place.path("x").asInt(),
                place.path("y").asInt(),
                place.path("width").asInt(),
                place.path("height").asInt(),
                place.path("maximized").asBoolean()))
        : Optional.empty();
  }

  /** Notes it until it is written; does not block. */
  void note(String name, WindowPlace place) {
    unwritten.put(name, place);
  }

  /** Writes what is noted. A fault is said, and nothing else is lost. */
  synchronized void write() {
    Map<String, WindowPlace> noted = Map.copyOf(unwritten);
    if (noted.isEmpty()) {
      return;
    }
    ObjectNode all = read();
    noted.forEach((name, place) -> put(all, name, place));
    while (all.size() > MOST_NAMES) {
      all.remove(all.fieldNames().next());
    }
    try {
      Files.createDirectories(file.getParent());
      Path draft = file.resolveSibling(file.getFileName() + ".new");
      Files.write(draft, Json.MAPPER.writeValueAsBytes(all));
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      console.say("where the windows are can't be noted in " + file + ": " + e.getMessage());
    }
    // Not before: who asks meanwhile has it from here.
    noted.forEach(unwritten::remove);
  }

  private static void put(ObjectNode all, String name, WindowPlace place) {
    // The latest is the last.
    all.remove(name);
    all.putObject(name)
        .put("x", place.x())
        .put("y", place.y())
        .put("width", place.width())
        .put("height", place.height())
        .put("maximized", place.maximized());
  }

  private ObjectNode read() {
    try {
      if (Files.size(file) <= FILE_BYTES
          && Json.MAPPER.readTree(Files.readAllBytes(file)) instanceof ObjectNode places) {
        return places;
      }
      console.say(file + " is no list of windows: it is begun anew");
    } catch (NoSuchFileException e) {
      return Json.MAPPER.createObjectNode();
    } catch (IOException e) {
      console.say(file + " can't be read: " + e.getMessage() + "; it is begun anew");
    }
    return Json.MAPPER.createObjectNode();
  }

  /** Made when it is first used: a start that restores nothing has no use for it. */
  private static final class Json {
    static final ObjectMapper MAPPER = new ObjectMapper();
  }
}
