package dev.dunlin.shell.resources;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.shell.Spelling;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The JavaScript modules that ship with Dunlin, read from the class path.
 *
 * <p><i>Thread:</i> any. <i>Limits:</i> each module is kept in memory after its first use.
 */
public final class Modules {
  /** Where the JavaScript build puts the modules. */
  public static final String FOLDER = "/dev/dunlin/js/";

  private static final String NODE_NAMES = "node-names.json";
  private static final Pattern NAME = Pattern.compile("[a-z0-9_-]+(/[a-z0-9_-]+)*");
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
    URL list = Modules.class.getResource(folder + NODE_NAMES);
    if (list == null) {
      throw new IllegalStateException(
          folder
              + NODE_NAMES
              + " is not on the class path: build the bridge's JavaScript with ./dunlin test or mvn"
              + " compile");
    }
    try (InputStream in = list.openStream()) {
      this.nodeNames = new ObjectMapper().readValue(in, new TypeReference<TreeSet<String>>() {});
      this.names = list(list.toURI());
      nodeNames.retainAll(names);
    } catch (IOException e) {
      throw new UncheckedIOException("reading the list of JavaScript modules at " + list, e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the class path has an address that is no URI: " + list, e);
    }
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
    return (node ? nodeNames : names)
        .stream()
            .filter(known -> !known.startsWith("internal/"))
            .min(Comparator.comparingInt(known -> Spelling.distance(known, name)))
            .filter(known -> Spelling.distance(known, name) <= 1 + name.length() / 4);
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

  /** Names of the modules beside this file, which is on disk or in a jar. */
  static Set<String> list(URI nodeNamesFile) throws IOException {
    if (!nodeNamesFile.getScheme().equals("jar")) {
      return list(Path.of(nodeNamesFile).getParent());
    }
    String[] jarAndEntry = nodeNamesFile.toString().split("!", 2);
    try (FileSystem jar =
        FileSystems.newFileSystem(Path.of(URI.create(jarAndEntry[0].substring("jar:".length()))))) {
      return list(jar.getPath(jarAndEntry[1]).getParent());
    }
  }

  private static Set<String> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .map(file -> folder.relativize(file).toString().replace('\\', '/'))
          .filter(file -> file.endsWith(".js"))
          .map(file -> file.substring(0, file.length() - ".js".length()))
          .filter(name -> NAME.matcher(name).matches())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
