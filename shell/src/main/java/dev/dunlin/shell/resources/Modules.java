package dev.dunlin.shell.resources;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.JsonValues;
import dev.dunlin.bridge.NearestName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The JavaScript modules that ship with Dunlin, read from the class path.
 *
 * <p><i>Thread:</i> any. <i>Limits:</i> each module is kept in memory after its first use.
 */
public final class Modules {
  /** Where the JavaScript build puts the modules. */
  public static final String FOLDER = "/dev/dunlin/js/";

  private static final String NAMES = "module-names.json";
  private static final Pattern DEFAULT_EXPORT =
      Pattern.compile("\\bexport\\s+default\\b|\\bexport\\s*\\{[^}]*\\bdefault\\b");

  private final String folder;
  private final Set<String> nodeNames;
  private final Set<String> names;
  private final Map<String, byte[]> sources = new ConcurrentHashMap<>();

  /** The modules in {@link #FOLDER}. */
  public Modules() {
    this(FOLDER);
  }

  Modules(String folder) {
    this.folder = folder;
    try (InputStream in = Modules.class.getResourceAsStream(folder + NAMES)) {
      if (in == null) {
        throw new IllegalStateException(
            folder
                + NAMES
                + " is not on the class path: build the bridge's JavaScript with ./dunlin test or mvn"
                + " compile");
      }
      JsonNode list = JsonValues.read(in);
      this.names = names(list.path("socket"));
      this.nodeNames = names(list.path("node"));
    } catch (IOException e) {
      throw new UncheckedIOException("reading the list of JavaScript modules " + folder + NAMES, e);
    }
  }

  private static Set<String> names(JsonNode list) {
    Set<String> names = new TreeSet<>();
    list.forEach(name -> names.add(name.textValue()));
    return names;
  }

  /** The source of {@code socket:NAME}, UTF-8; empty if there is no such module. */
  Optional<byte[]> socket(String name) {
    if (name.endsWith(".js")) {
      // Another URL would be another instance of the module, so hand on to the one there is.
      return reExport(name.substring(0, name.length() - ".js".length()));
    }
    return names.contains(name)
        ? Optional.of(sources.computeIfAbsent(name, this::read))
        : Optional.empty();
  }

  /** The source of {@code node:NAME}: what {@code socket:NAME} exports, for Node's names only. */
  Optional<byte[]> node(String name) {
    return nodeNames.contains(name) ? reExport(name) : Optional.empty();
  }

  /** The name of a module that looks like this one, for a message. */
  Optional<String> nearest(String name, boolean node) {
    List<String> known =
        (node ? nodeNames : names).stream().filter(one -> !one.startsWith("internal/")).toList();
    return NearestName.of(name, known, 1 + name.length() / 4);
  }

  private Optional<byte[]> reExport(String name) {
    return socket(name)
        .map(source -> new String(source, StandardCharsets.UTF_8))
        .map(
            source ->
                "export * from 'socket:"
                    + name
                    + "';\n"
                    + (DEFAULT_EXPORT.matcher(source).find()
                        ? "export { default } from 'socket:" + name + "';\n"
                        : ""))
        .map(source -> source.getBytes(StandardCharsets.UTF_8));
  }

  private byte[] read(String name) {
    try (InputStream in = Modules.class.getResourceAsStream(folder + name + ".js")) {
      if (in == null) {
        throw new IOException("it is gone from the class path");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("reading the module socket:" + name, e);
    }
  }
}
