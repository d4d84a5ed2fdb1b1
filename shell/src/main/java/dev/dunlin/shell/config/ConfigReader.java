package dev.dunlin.shell.config;

import dev.dunlin.shell.config.AppConfig.Header;
import dev.dunlin.shell.config.AppConfig.WindowFlag;
import dev.dunlin.shell.spelling.Language;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Year;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Turns the text of {@link SocketIni} into checked settings. Thread: one. */
final class ConfigReader {
  /** Longest build name, so that files named after it stay within what file systems allow. */
  private static final int MAX_NAME = 64;

  /** Longest bundle id: a host name has 253 characters, ".localhost" is ten of them. */
  private static final int MAX_BUNDLE_IDENTIFIER = 243;

  private static final int DEFAULT_FILE_LIMIT = 4096;

  /** Warnings up to which what was meant by an unknown key is looked for, which takes its time. */
  private static final int MAX_GUESSES = 20;

  private static final Pattern BUNDLE_LABEL =
      Pattern.compile("[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?");
  private static final Pattern VERSION = Pattern.compile("[0-9]{1,9}\\.[0-9]{1,9}\\.[0-9]{1,9}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+");
  private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]*");
  private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final Pattern VARIABLE_NAME = Pattern.compile("[^=\\s]+");
  private static final Pattern PIXELS = Pattern.compile("([0-9]{1,5})(px)?");
  private static final Pattern PERCENT = Pattern.compile("([0-9]{1,3}(\\.[0-9]{1,6})?)%");
  private static final Pattern HEX_COLOUR =
      Pattern.compile("#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})");
  private static final Pattern RGBA =
      Pattern.compile(
          "rgba?\\(\\s*([0-9]{1,3})\\s*,\\s*([0-9]{1,3})\\s*,\\s*([0-9]{1,3})"
              + "\\s*(?:,\\s*([0-9]?(?:\\.[0-9]{1,9})?)\\s*)?\\)");

  private final SocketIni ini;
  private final Path directory;
  private final Year year;
  private final Map<String, String> values;
  private final List<ConfigWarning> warnings;

  ConfigReader(SocketIni ini, Path directory, Year year) {
    this.ini = ini;
    this.directory = directory;
    this.year = year;
    this.values = new LinkedHashMap<>(ini.values());
    this.warnings = new ArrayList<>(ini.warnings());
  }

  AppConfig read() {
    warnOfUnknownKeys();
    AppConfig.Build build = build();
    return new AppConfig(
        directory,
        build,
        meta(build.name()),
        webview(),
        window(),
        new AppConfig.Permissions(
            denied(), !flag("permissions_hardware_acceleration_disabled", false)),
        new AppConfig.Security(
            policy(), flag("security_require_sandbox", false), flag("security_operator", false)),
        spelling(),
        environment(),
        Collections.unmodifiableMap(values),
        List.copyOf(warnings));
  }

  private void warnOfUnknownKeys() {
    ini.entries()
        .forEach(
            (name, entry) -> {
              if (!KnownKeys.isKnown(name)) {
                warnings.add(
                    new ConfigWarning(
                        ini.file(),
                        entry.line(),
                        "nothing knows the key "
                            + entry.key()
                            + Optional.of(name)
                                .filter(one -> warnings.size() < MAX_GUESSES)
                                .flatMap(KnownKeys::nearest)
                                .map(near -> "; is it meant to be " + near + "?")
                                .orElse("")));
              }
            });
  }

  private AppConfig.Build build() {
    String name =
        required(
            "build_name", "[build] name", "Add [build] and under it, for example, name = my-app.");
    if (!NAME.matcher(name).matches() || name.length() > MAX_NAME) {
      throw fault(
          "build_name",
          "'" + name + "' is not 1 to " + MAX_NAME + " of A-Z a-z 0-9 _ -",
          "Write, for example, name = my-app; the title may be anything.");
    }
    return new AppConfig.Build(
        name, resources(), flag("build_headless", false), words("build_env", VARIABLE_NAME));
  }

  private Path resources() {
    Optional<String> written = stated("build_copy");
    String copy = text("build_copy", "src");
    Path folder;
    try {
      folder = directory.resolve(copy).normalize();
    } catch (InvalidPathException e) {
      throw fault("build_copy", "'" + copy + "' is not a path", "Write, for example, copy = src.");
    }
    if (!folder.startsWith(directory.normalize())) {
      throw fault(
          "build_copy", "'" + copy + "' leaves the app's folder", "Name a folder inside it.");
    }
    boolean made = stated("build_script").isPresent() || stated("webview_dev_command").isPresent();
    if (Files.isDirectory(folder) || written.isPresent() && made) {
      return folder;
    }
    if (written.isPresent()) {
      throw fault(
          "build_copy",
          "there is no folder " + folder,
          "Make it, or name the folder with the app's pages (copy = . is the app's own).");
    }
    return directory;
  }

  private AppConfig.Meta meta(String name) {
    String id =
        required(
                "meta_bundle_identifier",
                "[meta] bundle_identifier",
                "Add [meta] and under it, for example, bundle_identifier = com.example."
                    + name
                    + ".")
            .toLowerCase(Locale.ROOT);
    values.put("meta_bundle_identifier", id);
    String[] labels = id.split("\\.", -1);
    boolean reverseDns = labels.length >= 2 && id.length() <= MAX_BUNDLE_IDENTIFIER;
    for (String label : labels) {
      reverseDns &= BUNDLE_LABEL.matcher(label).matches();
    }
    if (!reverseDns) {
      throw fault(
          "meta_bundle_identifier",
          "'" + id + "' is not a reverse domain name (it becomes a host name)",
          "Write two or more words of a-z 0-9 - joined by dots, for example com.example."
              + name
              + ".");
    }
    String title = text("meta_title", name);
    String version = text("meta_version", "1.0.0");
    if (!VERSION.matcher(version).matches()) {
      throw fault(
          "meta_version", "'" + version + "' is not x.y.z", "Write, for example, version = 1.0.0.");
    }
    String protocol = text("meta_application_protocol", id.replace('.', '-').replace('_', '-'));
    if (!SCHEME.matcher(protocol).matches()) {
      throw fault(
          "meta_application_protocol",
          "'" + protocol + "' is not a URL scheme",
          "Write a letter, then a-z 0-9 + . -, for example my-app.");
    }
    return new AppConfig.Meta(
        id,
        title,
        version,
        text("meta_description", ""),
        text("meta_copyright", "(c) " + title + " " + year),
        text("meta_maintainer", ""),
        text("meta_lang", "en-us"),
        protocol,
        fileLimit());
  }

  private int fileLimit() {
    String text = text("meta_file_limit", String.valueOf(DEFAULT_FILE_LIMIT));
    if (!text.matches("[1-9][0-9]{0,8}")) {
      throw fault(
          "meta_file_limit",
          "'" + text + "' is not a number from 1 to 999999999",
          "Write, for example, file_limit = " + DEFAULT_FILE_LIMIT + ".");
    }
    return Integer.parseInt(text);
  }

  private AppConfig.Webview webview() {
    String root = text("webview_root", "/");
    if (!root.startsWith("/") || List.of(root.split("/")).contains("..") || root.contains("\\")) {
      throw fault(
          "webview_root",
          "'" + root + "' is not a path inside the resources",
          "Begin it with / and leave out .. and \\.");
    }
    Optional<String> index =
        Optional.of(text("webview_default_index", "")).filter(s -> !s.isEmpty());
    if (index.isPresent() && List.of(index.get().split("[/\\\\]")).contains("..")) {
      throw fault(
          "webview_default_index",
          "'" + index.get() + "' leaves the resources",
          "Leave out the ..");
    }
    List<Header> headers = new ArrayList<>();
    for (String line : text("webview_headers", "").split("\n")) {
      if (!line.isBlank()) {
        headers.add(header(line));
      }
    }
    return new AppConfig.Webview(
        root,
        index,
        flag("webview_watch", false),
        flag("webview_watch_reload", true),
        stated("webview_cache-control"),
        List.copyOf(headers),
        words("webview_navigator_policies_allowed", Pattern.compile("\\S+")),
        flag("webview_filesystem_picker_require_user_activation", true),
        userAgent(),
        proxy());
  }

  private Optional<String> userAgent() {
    Optional<String> words = stated("webview_user_agent").filter(given -> !given.isBlank());
    if (words.filter(given -> !given.chars().allMatch(c -> c >= ' ' && c < 0x7F)).isPresent()) {
      throw fault(
          "webview_user_agent",
          "it has characters that a header of HTTP has not",
          "Write it in ASCII, in one line.");
    }
    return words;
  }

  private Optional<Proxy> proxy() {
    try {
      String bypass = text("webview_proxy_bypass", "");
      return stated("webview_proxy")
          .filter(given -> !given.isBlank())
          .map(given -> Proxy.of(given, bypass));
    } catch (IllegalArgumentException e) {
      throw fault("webview_proxy", e.getMessage(), "Write, for example, proxy = 10.0.0.1:3128.");
    }
  }

  private AppConfig.Spelling spelling() {
    List<Language> languages = new ArrayList<>();
    for (String name : words("spellcheck_languages", Pattern.compile("\\S+"))) {
      languages.add(
          Language.named(name)
              .orElseThrow(
                  () ->
                      fault(
                          "spellcheck_languages",
                          "'" + name + "' is not a language",
                          "Write, for example, languages = de en-US.")));
    }
    List<Language> known = Language.oneForEachFile(languages);
    if (known.size() > Language.AT_ONCE) {
      SocketIni.Entry entry = ini.entry("spellcheck_languages").orElseThrow();
      warnings.add(
          new ConfigWarning(
              ini.file(),
              entry.line(),
              entry.key()
                  + ": no more than "
                  + Language.AT_ONCE
                  + " are looked up, so "
                  + known.stream()
                      .skip(Language.AT_ONCE)
                      .map(Language::tag)
                      .collect(Collectors.joining(", "))
                  + " is left out"));
      known = known.subList(0, Language.AT_ONCE);
    }
    return new AppConfig.Spelling(
        flag("spellcheck_enabled", true),
        List.copyOf(known),
        stated("spellcheck_dictionaries").map(this::dictionaries));
  }

  private Path dictionaries(String written) {
    try {
      Path folder = directory.resolve(written).normalize();
      if (folder.startsWith(directory.normalize())) {
        return folder;
      }
    } catch (InvalidPathException e) {
      throw fault("spellcheck_dictionaries", "it is not a path", "Name a folder of the app.");
    }
    throw fault(
        "spellcheck_dictionaries",
        "'" + written + "' leaves the app's folder",
        "Name a folder inside it.");
  }

  private Header header(String line) {
    int colon = line.indexOf(':');
    String name = colon < 0 ? "" : line.substring(0, colon).strip();
    if (!HEADER_NAME.matcher(name).matches()) {
      throw fault(
          "webview_headers",
          "'" + line + "' is not a header",
          "Write one per line, for example headers[] = X-Robots-Tag: none.");
    }
    return new Header(name, line.substring(colon + 1).strip());
  }

  private AppConfig.Window window() {
    Length full = new Length.Percent(100);
    Length none = new Length.Pixels(0);
    Length width = length("window_width", full);
    Length height = length("window_height", full);
    Length minWidth = length("window_min_width", none);
    Length minHeight = length("window_min_height", none);
    Length maxWidth = length("window_max_width", full);
    Length maxHeight = length("window_max_height", full);
    requireOrder("window_min_width", minWidth, maxWidth);
    requireOrder("window_min_height", minHeight, maxHeight);
    Set<WindowFlag> flags = EnumSet.noneOf(WindowFlag.class);
    for (WindowFlag flag : WindowFlag.values()) {
      if (flag(flag.key(), flag.standard)) {
        flags.add(flag);
      }
    }
    return new AppConfig.Window(
        width,
        height,
        minWidth,
        minHeight,
        maxWidth,
        maxHeight,
        colour("window_backgroundColorDark", "window_background_color_dark"),
        colour("window_backgroundColorLight", "window_background_color_light"),
        text("window_titlebar_style", ""),
        icon(),
        Collections.unmodifiableSet(flags),
        flag("window_restore", false));
  }

  /** The icon of this system's section. A picture that is missing spoils no start. */
  private Optional<Path> icon() {
    String key =
        switch (AppConfig.systemVariables().get("platform.os")) {
          case "win32" -> "win_icon";
          case "mac" -> "mac_icon";
          default -> "linux_icon";
        };
    Optional<String> text = stated(key);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<Path> file = Optional.empty();
    try {
      file = Optional.of(directory.resolve(text.get())).filter(Files::isRegularFile);
    } catch (InvalidPathException e) {
      // Said below: no file has such a name.
    }
    if (file.isEmpty()) {
      SocketIni.Entry entry = ini.entry(key).orElseThrow();
      warnings.add(
          new ConfigWarning(
              ini.file(),
              entry.line(),
              entry.key() + ": there is no file '" + text.get() + "' in the app's folder"));
    }
    return file;
  }

  private void requireOrder(String key, Length least, Length most) {
    boolean wrong =
        least instanceof Length.Pixels a && most instanceof Length.Pixels b && a.count() > b.count()
            || least instanceof Length.Percent c
                && most instanceof Length.Percent d
                && c.share() > d.share();
    if (wrong) {
      throw fault(key, "the smallest size is above the largest", "Lower it, or raise max_.");
    }
  }

  private Length length(String key, Length standard) {
    Optional<String> text = stated(key);
    if (text.isEmpty()) {
      return standard;
    }
    Matcher pixels = PIXELS.matcher(text.get());
    if (pixels.matches() && Integer.parseInt(pixels.group(1)) <= Length.MAX_PIXELS) {
      return new Length.Pixels(Integer.parseInt(pixels.group(1)));
    }
    Matcher percent = PERCENT.matcher(text.get());
    if (percent.matches() && Double.parseDouble(percent.group(1)) <= 100) {
      return new Length.Percent(Double.parseDouble(percent.group(1)));
    }
    throw fault(
        key,
        "'" + text.get() + "' is not a size",
        "Write pixels (800) up to " + Length.MAX_PIXELS + ", or a part of the screen (50%).");
  }

  private Optional<Colour> colour(String key, String otherKey) {
    String used = stated(key).isPresent() ? key : otherKey;
    Optional<String> text = stated(used);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (HEX_COLOUR.matcher(text.get()).matches()) {
      String digits = text.get().substring(1);
      if (digits.length() == 3) {
        digits = digits.replaceAll("(.)", "$1$1");
      }
      int[] part = new int[] {0, 0, 0, 255};
      for (int i = 0; i < digits.length() / 2; i++) {
        part[i] = Integer.parseInt(digits.substring(2 * i, 2 * i + 2), 16);
      }
      return Optional.of(new Colour(part[0], part[1], part[2], part[3] / 255.0));
    }
    Matcher rgba = RGBA.matcher(text.get());
    if (rgba.matches()) {
      String alpha = rgba.group(4);
      double opacity = alpha == null ? 1 : alpha.isEmpty() ? -1 : Double.parseDouble(alpha);
      int red = Integer.parseInt(rgba.group(1));
      int green = Integer.parseInt(rgba.group(2));
      int blue = Integer.parseInt(rgba.group(3));
      if (Math.max(red, Math.max(green, blue)) <= 255 && opacity >= 0 && opacity <= 1) {
        return Optional.of(new Colour(red, green, blue, opacity));
      }
    }
    throw fault(
        used, "'" + text.get() + "' is not a colour", "Write rgba(20, 20, 30, 1) or \"#14141e\".");
  }

  private String policy() {
    String merged =
        PolicyLines.merge(
            text("security_policy", ""),
            fault ->
                warnings.add(
                    new ConfigWarning(
                        ini.file(),
                        ini.entry("security_policy").map(SocketIni.Entry::line).orElse(0),
                        "[security] policy: " + fault)));
    values.put("security_policy", merged);
    return merged;
  }

  private Set<Permission> denied() {
    Set<Permission> denied = EnumSet.noneOf(Permission.class);
    for (Permission permission : Permission.values()) {
      if (!flag(permission.key(), true)) {
        denied.add(permission);
      }
    }
    return Collections.unmodifiableSet(denied);
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    ini.entries()
        .forEach(
            (name, entry) -> {
              if (name.startsWith("env_")) {
                environment.put(name.substring("env_".length()), entry.text());
              }
            });
    return Collections.unmodifiableMap(environment);
  }

  // An empty value is the same as none: 'key =' is how an app takes a default back.
  private Optional<String> stated(String name) {
    return ini.entry(name).map(SocketIni.Entry::text).filter(text -> !text.isEmpty());
  }

  private String text(String name, String standard) {
    String text = stated(name).orElse(standard);
    values.put(name, text);
    return text;
  }

  private String required(String name, String key, String cure) {
    return stated(name)
        .orElseThrow(
            () ->
                ini.error(
                    ini.entry(name).map(SocketIni.Entry::line).orElse(0),
                    key,
                    "it is missing",
                    cure));
  }

  private boolean flag(String name, boolean standard) {
    String text = stated(name).orElse(String.valueOf(standard));
    if (!text.equals("true") && !text.equals("false")) {
      throw fault(name, "'" + text + "' is neither true nor false", "Write true or false.");
    }
    return text.equals("true");
  }

  private List<String> words(String name, Pattern valid) {
    List<String> words = new ArrayList<>();
    for (String word : text(name, "").split("\\s+")) {
      if (!word.isEmpty()) {
        if (!valid.matcher(word).matches()) {
          throw fault(name, "'" + word + "' is not valid here", "Separate the names by spaces.");
        }
        words.add(word);
      }
    }
    return List.copyOf(words);
  }

  private ConfigException fault(String name, String fault, String cure) {
    Optional<SocketIni.Entry> entry = ini.entry(name);
    return ini.error(
        entry.map(SocketIni.Entry::line).orElse(0),
        entry.map(SocketIni.Entry::key).orElse(name),
        fault,
        cure);
  }
}
