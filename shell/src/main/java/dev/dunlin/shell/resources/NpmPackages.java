package dev.dunlin.shell.resources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.dunlin.bridge.JsonValues;
import dev.dunlin.shell.resources.ResourceSource.Found;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Packages under the app's {@code node_modules}, as Node finds them: {@code exports} and {@code
 * imports} with their conditions, {@code main}, folders above. Their files are served from the
 * app's own origin; {@code npm:NAME} is a module that hands on to one.
 *
 * <p><i>Thread:</i> any; blocks on local files.
 */
final class NpmPackages {
  /** Largest script of a package whose imports are looked at. Over: it is served as it is. */
  static final int SCRIPT_BYTES = 4 << 20;

  /** Largest {@code package.json}. Over: it counts as missing. */
  private static final int MANIFEST_BYTES = 1 << 20;

  /** Files that hand on to each other, looked through for the names a CommonJS file exports. */
  private static final int HAND_ONS = 5;

  private static final String FOLDER = "node_modules";
  private static final String COMMONJS_QUERY = "?commonjs";
  private static final String JSON = ".json";
  private static final String JSON_QUERY = "?module";

  /** What holds of a page that imports. A package's own order decides, as in Node. */
  private static final Set<String> CONDITIONS = Set.of("import", "module", "browser", "default");

  private static final Pattern NAME = Pattern.compile("(@[^/]+/[^/]+|[^@/.][^/]*)(?:/(.+))?");
  private static final Pattern ESM =
      Pattern.compile(
          "(?m)(?:^|[;}])\\s*(?:import\\s*[\\w${*\"']|export\\s*[{*]|export\\s+"
              + "(?:default|const|let|var|function|class|async)\\b)");
  private static final Pattern IMPORTED =
      Pattern.compile("(\\b(?:from|import)\\s*\\(?\\s*)([\"'])([^\"'\\s]+)\\2");

  /** What follows an import that says itself what it imports. */
  private static final Pattern ATTRIBUTES =
      Pattern.compile("[\"']\\s*(?:(?:with|assert)\\b|,\\s*\\{)");

  private static final Pattern EXPORTED =
      Pattern.compile(
          "\\bexports\\.([A-Za-z_$][\\w$]*)\\s*=(?!=)"
              + "|\\bObject\\.defineProperty\\(\\s*exports\\s*,\\s*[\"']([A-Za-z_$][\\w$]*)[\"']");
  private static final Pattern EXPORTED_OBJECT =
      Pattern.compile("\\bmodule\\.exports\\s*=\\s*\\{([^{}()]*)}");
  private static final Pattern KEY =
      Pattern.compile("(?:^|,)\\s*([A-Za-z_$][\\w$]*)\\s*(?=[,:]|$)");
  private static final Pattern HANDS_ON =
      Pattern.compile("\\bmodule\\.exports\\s*=\\s*require\\(\\s*[\"'](\\.[^\"']+)[\"']\\s*\\)");

  private final ResourceSource source;
  private final Predicate<String> builtin;

  /**
   * @param builtin whether {@code node:NAME} is a module of ours, which goes before a package
   */
  NpmPackages(ResourceSource source, Predicate<String> builtin) {
    this.source = source;
    this.builtin = builtin;
  }

  /** Why a package's module can't be had: a clause that says what to do. */
  static final class NotFound extends Exception {
    private static final long serialVersionUID = 1;

    NotFound(String message) {
      super(message);
    }
  }

  /**
   * The module {@code npm:NAME}, whose name Chromium has made lower case and robbed of its @.
   *
   * @param origin of the app, where the file is
   */
  String module(String name, String origin) throws NotFound, IOException {
    String plain = name.replaceFirst("^@", "");
    boolean scoped =
        plain.contains("/")
            && manifest(List.of(FOLDER, plain.split("/")[0])).isEmpty()
            && !manifest(List.of(FOLDER, "@" + plain.split("/")[0], plain.split("/")[1])).isEmpty();
    List<String> file = resolve((scoped ? "@" : "") + plain, List.of());
    String url = url(file);
    String text = text(file, SCRIPT_BYTES).orElse("");
    boolean hasDefault =
        url.endsWith(COMMONJS_QUERY)
            || url.endsWith(JSON_QUERY)
            || Pattern.compile("\\bexport\\s+default\\b|\\bexport\\s*\\{[^}]*\\bdefault\\b")
                .matcher(text)
                .find();
    String from = " from '" + origin + url.replace("'", "%27") + "';\n";
    return "export *" + from + (hasDefault ? "export { default }" + from : "");
  }

  /** Whether {@link #script} may have something to say about a file. */
  static boolean isScript(List<String> names, String query) {
    return names.contains(FOLDER)
        && (names.get(names.size() - 1).matches(".+\\.[cm]?js") || isJsonModule(names, query));
  }

  /** Whether JSON is to be a script, since who imports it does not say that it is JSON. */
  static boolean isJsonModule(List<String> names, String query) {
    return query.equals(JSON_QUERY)
        && names.contains(FOLDER)
        && names.get(names.size() - 1).endsWith(JSON);
  }

  /** The script of a package as a page can import it. */
  String script(List<String> names, String text, String query) throws IOException {
    if (query.equals(COMMONJS_QUERY)) {
      return commonJs(names, text);
    }
    if (isJsonModule(names, query)) {
      return json(names, text);
    }
    if (!isModule(names, text)) {
      return text;
    }
    List<String> folder = names.subList(0, names.size() - 1);
    StringBuilder out = new StringBuilder(text.length() + 256);
    Matcher matcher = IMPORTED.matcher(text);
    while (matcher.find()) {
      String replaced = matcher.group();
      String asked = matcher.group(3);
      boolean plain =
          !ATTRIBUTES.matcher(text).region(matcher.end() - 1, text.length()).lookingAt();
      if (asked.matches("\\.{1,2}/.*\\.json") && plain) {
        replaced = matcher.group(1) + matcher.group(2) + asked + JSON_QUERY + matcher.group(2);
      } else if (!asked.matches("(?:\\.{1,2}(?:/.*)?|/.*|[a-z][a-z0-9+.-]*:.*)")) {
        replaced =
            matcher.group(1)
                + matcher.group(2)
                + (plain ? target(asked, folder) : target(asked, folder).replace(JSON_QUERY, ""))
                + matcher.group(2);
      }
      matcher.appendReplacement(out, Matcher.quoteReplacement(replaced));
    }
    return matcher.appendTail(out).toString();
  }

  private String target(String asked, List<String> folder) throws IOException {
    if (builtin.test(asked)) {
      return "node:" + asked;
    }
    try {
      return url(resolve(asked, folder));
    } catch (NotFound e) {
      // It fails where it is imported, by a module that says why.
      return "npm:" + asked;
    }
  }

  private String commonJs(List<String> names, String text) throws IOException {
    String own = "./" + names.get(names.size() - 1);
    StringBuilder module =
        new StringBuilder("import { createRequire } from 'socket:module';\n")
            .append("const all = createRequire(import.meta.url)(")
            .append(JsonValues.text(own))
            .append(");\nexport default all;\n");
    return withNames(module, exported(names, text, HAND_ONS));
  }

  /** As bundlers have it: the value, and what it has by name. */
  private static String json(List<String> names, String text) throws IOException {
    JsonNode value;
    try {
      value = JsonValues.read(text);
    } catch (IOException e) {
      throw new IOException(String.join("/", names) + " is no JSON: " + e.getMessage(), e);
    }
    Set<String> keys = new TreeSet<>();
    value.fieldNames().forEachRemaining(keys::add);
    keys.removeIf(key -> !key.matches("[A-Za-z_$][\\w$]*"));
    return withNames(
        new StringBuilder("const all = JSON.parse(")
            .append(JsonValues.text(text))
            .append(");\nexport default all;\n"),
        keys);
  }

  private static String withNames(StringBuilder module, Set<String> names) {
    int count = 0;
    for (String name : names) {
      if (!name.equals("default")) {
        module.append("const x" + count + " = all?." + name + "; export { x" + count + " as ");
        module.append(name).append(" };\n");
        count++;
      }
    }
    return module.toString();
  }

  private Set<String> exported(List<String> names, String text, int handOns) throws IOException {
    Set<String> found = new TreeSet<>();
    EXPORTED
        .matcher(text)
        .results()
        .forEach(one -> found.add(one.group(1) == null ? one.group(2) : one.group(1)));
    EXPORTED_OBJECT
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .forEach(
            object ->
                KEY.matcher(object.replaceFirst("(?s)^.*?\\{", "").replaceFirst("}$", ""))
                    .results()
                    .forEach(key -> found.add(key.group(1))));
    Matcher next = HANDS_ON.matcher(text);
    if (handOns > 0 && next.find()) {
      Optional<List<String>> file = file(join(names.subList(0, names.size() - 1), next.group(1)));
      if (file.isPresent()) {
        String more = text(file.get(), SCRIPT_BYTES).orElse("");
        found.addAll(exported(file.get(), more, handOns - 1));
      }
    }
    return found;
  }

  /**
   * The file that a name means to a script.
   *
   * @param folder where the script is
   */
  List<String> resolve(String asked, List<String> folder) throws NotFound, IOException {
    if (asked.startsWith("#")) {
      for (int i = folder.size(); i >= 0; i--) {
        JsonNode manifest = manifest(folder.subList(0, i));
        if (manifest.has("imports")) {
          return inside(folder.subList(0, i), manifest.path("imports"), asked, asked);
        }
      }
      throw new NotFound(asked + " is in no package.json's \"imports\"");
    }
    Matcher parts = NAME.matcher(asked);
    if (!parts.matches()) {
      throw new NotFound("'" + asked + "' is no package's name");
    }
    String subpath = parts.group(2) == null ? "" : parts.group(2);
    for (int i = folder.size(); i >= 0; i--) {
      if (i > 0 && folder.get(i - 1).equals(FOLDER)) {
        continue;
      }
      List<String> home = new ArrayList<>(folder.subList(0, i));
      home.add(FOLDER);
      home.addAll(Arrays.asList(parts.group(1).split("/")));
      JsonNode manifest = manifest(home);
      JsonNode exports = manifest.path("exports");
      if (!exports.isMissingNode()) {
        boolean table =
            exports.isObject() && !exports.isEmpty() && exports.fieldNames().next().startsWith(".");
        JsonNode all = table ? exports : JsonNodeFactory.instance.objectNode().set(".", exports);
        return inside(home, all, subpath.isEmpty() ? "." : "./" + subpath, asked);
      }
      Optional<List<String>> file =
          subpath.isEmpty() ? main(home, manifest) : file(join(home, subpath));
      if (file.isPresent()) {
        return file.get();
      }
      if (!manifest.isEmpty()) {
        throw new NotFound(
            asked + " has no file " + (subpath.isEmpty() ? "that its main names" : subpath));
      }
    }
    throw new NotFound(
        "the package "
            + parts.group(1)
            + " is not in the app's node_modules: run npm install "
            + parts.group(1)
            + " in the folder that [build] copy names, or correct the name");
  }

  private List<String> inside(List<String> home, JsonNode table, String key, String asked)
      throws NotFound, IOException {
    if (table.has(key)) {
      return existing(
          home, choose(table.path(key), "").orElseThrow(() -> notExported(asked, home)), asked);
    }
    String best = "";
    for (Map.Entry<String, JsonNode> entry : table.properties()) {
      String[] around = entry.getKey().split("\\*", -1);
      if (around.length == 2
          && key.startsWith(around[0])
          && key.endsWith(around[1])
          && key.length() >= entry.getKey().length()
          && around[0].length() >= best.indexOf('*')) {
        best = entry.getKey();
      }
    }
    if (best.isEmpty()) {
      throw notExported(asked, home);
    }
    String star =
        key.substring(best.indexOf('*'), key.length() - (best.length() - best.indexOf('*') - 1));
    return existing(
        home, choose(table.path(best), star).orElseThrow(() -> notExported(asked, home)), asked);
  }

  private static NotFound notExported(String asked, List<String> home) {
    return new NotFound(
        asked
            + " is not exported: see \"exports\" in "
            + String.join("/", home)
            + "/package.json, and what holds here: import, module, browser, default");
  }

  /** The first target whose conditions hold. */
  private static Optional<String> choose(JsonNode value, String star) {
    if (value.isTextual()) {
      return Optional.of(value.textValue().replace("*", star));
    }
    Iterator<Map.Entry<String, JsonNode>> entries = value.properties().iterator();
    while (entries.hasNext()) {
      Map.Entry<String, JsonNode> entry = entries.next();
      if (CONDITIONS.contains(entry.getKey())) {
        Optional<String> chosen = choose(entry.getValue(), star);
        if (chosen.isPresent()) {
          return chosen;
        }
      }
    }
    for (JsonNode one : value.isArray() ? value : MissingNode.getInstance()) {
      Optional<String> chosen = choose(one, star);
      if (chosen.isPresent()) {
        return chosen;
      }
    }
    return Optional.empty();
  }

  private List<String> existing(List<String> home, String target, String asked)
      throws NotFound, IOException {
    if (!target.startsWith("./")) {
      return resolve(target, home);
    }
    List<String> file = join(home, target);
    if (!(source.find(file) instanceof Found.File)) {
      throw new NotFound(asked + " leads to " + String.join("/", file) + ", which is not there");
    }
    return file;
  }

  private Optional<List<String>> main(List<String> home, JsonNode manifest) throws IOException {
    for (String field : List.of("module", "main")) {
      String named = manifest.path(field).asText("");
      if (!named.isEmpty()) {
        Optional<List<String>> file = file(join(home, named));
        if (file.isPresent()) {
          return file;
        }
      }
    }
    return file(join(home, "index"));
  }

  /** As Node completes a name: with an ending, or as a folder's index. */
  private Optional<List<String>> file(List<String> names) throws IOException {
    for (String ending : List.of("", ".js", ".mjs", ".cjs", "/index.js", "/index.mjs")) {
      List<String> file = join(names, ending.startsWith("/") ? ending : "");
      if (!ending.startsWith("/") && !file.isEmpty()) {
        file.set(file.size() - 1, file.get(file.size() - 1) + ending);
      }
      if (source.find(file) instanceof Found.File) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  /** A relative path in a folder; never above what is served. */
  private static List<String> join(List<String> folder, String path) {
    List<String> names = new ArrayList<>(folder);
    for (String name : path.split("/")) {
      if (name.equals("..")) {
        if (!names.isEmpty()) {
          names.remove(names.size() - 1);
        }
      } else if (!name.isEmpty() && !name.equals(".")) {
        names.add(AppPath.refusal(name).isEmpty() ? name : "refused");
      }
    }
    return names;
  }

  private boolean isModule(List<String> names, String text) throws IOException {
    String last = names.get(names.size() - 1);
    if (!last.endsWith(".js")) {
      return last.endsWith(".mjs");
    }
    for (int i = names.size() - 1; i > 0; i--) {
      JsonNode manifest = manifest(names.subList(0, i));
      if (!manifest.isEmpty()) {
        // A bundle named by "module" is one although nothing says so.
        return manifest.path("type").asText().equals("module") || ESM.matcher(text).find();
      }
    }
    return ESM.matcher(text).find();
  }

  private String url(List<String> file) throws IOException {
    String path =
        file.stream()
            .map(name -> URLEncoder.encode(name, StandardCharsets.UTF_8))
            .map(name -> name.replace("+", "%20").replace("%40", "@"))
            .collect(Collectors.joining("/", "/", ""));
    if (path.endsWith(JSON)) {
      return path + JSON_QUERY;
    }
    boolean module = isModule(file, text(file, SCRIPT_BYTES).orElse(""));
    return module ? path : path + COMMONJS_QUERY;
  }

  private JsonNode manifest(List<String> home) throws IOException {
    List<String> file = new ArrayList<>(home);
    file.add("package.json");
    Optional<String> text = text(file, MANIFEST_BYTES);
    try {
      return text.isEmpty() ? MissingNode.getInstance() : JsonValues.read(text.get());
    } catch (IOException e) {
      throw new IOException(String.join("/", file) + " is no JSON: " + e.getMessage(), e);
    }
  }

  private Optional<String> text(List<String> names, int most) throws IOException {
    if (!(source.find(names) instanceof Found.File file) || file.sizeBytes() > most) {
      return Optional.empty();
    }
    try (InputStream in = Channels.newInputStream(file.opener().open())) {
      return Optional.of(new String(in.readNBytes(most), StandardCharsets.UTF_8));
    }
  }
}
