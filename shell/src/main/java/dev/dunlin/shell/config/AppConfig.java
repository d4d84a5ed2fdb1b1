package dev.dunlin.shell.config;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.shell.host.Os;
import dev.dunlin.shell.spelling.Language;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Year;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The settings of an app, read from {@code socket.ini} in its folder; checked, with defaults filled
 * in.
 *
 * @param directory folder that {@code socket.ini} is in, absolute
 * @param environment variables of {@code [env]}, for {@code process.env}
 * @param values all settings as text by flat name, the defaults among them
 * @param warnings to print; the app starts all the same
 */
public record AppConfig(
    Path directory,
    Build build,
    Meta meta,
    Webview webview,
    Window window,
    Permissions permissions,
    Security security,
    Spelling spelling,
    Map<String, String> environment,
    Map<String, String> values,
    List<ConfigWarning> warnings) {

  /** Name of the file. */
  public static final String FILE = "socket.ini";

  /**
   * {@code [build]}.
   *
   * @param name program name, {@code [A-Za-z0-9_-]+}
   * @param resources folder with the pages, absolute: {@code copy} if it exists, else the app's
   *     folder; of an app with {@code script} or {@code dev_command} it need not exist yet
   * @param headless never show the window
   * @param env names of variables of our environment that {@code process.env} shows
   */
  public record Build(String name, Path resources, boolean headless, List<String> env) {}

  /**
   * {@code [meta]}.
   *
   * @param bundleIdentifier reverse DNS, lower case
   * @param version {@code x.y.z}
   * @param fileLimit most open files
   */
  public record Meta(
      String bundleIdentifier,
      String title,
      String version,
      String description,
      String copyright,
      String maintainer,
      String lang,
      String applicationProtocol,
      int fileLimit) {

    /** Host of the app's origin. A host name has no underscore, so that becomes a dash. */
    public String host() {
      return bundleIdentifier.replace('_', '-') + ".localhost";
    }

    /** The app's origin, {@code https://<bundle id>.localhost}. */
    public String origin() {
      return "https://" + host();
    }
  }

  /**
   * {@code [webview]}.
   *
   * @param root URL path in the resources that is served as {@code /}; begins with {@code /}
   * @param defaultIndex page served for {@code /}; empty: {@code index.html}
   * @param watch reload when resources change
   * @param cacheControl header of that name for all files but pages
   * @param reload whether a watched change reloads the page
   * @param headers sent with every resource
   * @param allowed URL patterns that the page may navigate to
   * @param userAgent what servers are told, in place of Chromium's own words
   * @param proxy empty: the system's
   */
  public record Webview(
      String root,
      Optional<String> defaultIndex,
      boolean watch,
      boolean reload,
      Optional<String> cacheControl,
      List<Header> headers,
      List<String> allowed,
      boolean pickersNeedGesture,
      Optional<String> userAgent,
      Optional<Proxy> proxy) {}

  /**
   * {@code [spellcheck]}.
   *
   * @param languages empty: the person's
   * @param dictionaries folder of the app's own, absolute
   */
  public record Spelling(boolean enabled, List<Language> languages, Optional<Path> dictionaries) {}

  /** A response header. */
  public record Header(String name, String value) {}

  /**
   * {@code [window]}. Flags that are not set have their default of the reference.
   *
   * @param restore whether it opens where it was closed last
   * @param icon picture of {@code [linux]}, {@code [mac]} or {@code [win] icon}, absolute
   */
  public record Window(
      Length width,
      Length height,
      Length minWidth,
      Length minHeight,
      Length maxWidth,
      Length maxHeight,
      Optional<Colour> backgroundDark,
      Optional<Colour> backgroundLight,
      String titlebarStyle,
      Optional<Path> icon,
      Set<WindowFlag> flags,
      boolean restore) {}

  /** The switches of {@code [window]} and {@code [application] agent}. */
  public enum WindowFlag {
    FRAMELESS(false),
    RESIZABLE(true),
    MAXIMIZABLE(true),
    MINIMIZABLE(true),
    CLOSABLE(true),
    UTILITY(false),
    FULLSCREEN(false),
    KIOSK(false),
    ALWAYS_ON_TOP(false);

    final boolean standard;

    WindowFlag(boolean standard) {
      this.standard = standard;
    }

    /** The flat name in {@code socket.ini}. */
    public String key() {
      return "window_" + name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * {@code [permissions]}: what pages may ask the browser for.
   *
   * @param denied those set to {@code false}; all others may be asked for
   * @param hardwareAcceleration whether a graphics card may draw
   */
  public record Permissions(Set<Permission> denied, boolean hardwareAcceleration) {
    public boolean allows(Permission permission) {
      return !denied.contains(permission);
    }
  }

  /**
   * {@code [security]}.
   *
   * @param policy the Content Security Policy, directives joined by {@code "; "}; a directive that
   *     {@code policy[]} lines repeat has the sources of all of them, {@code 'none'} next to others
   *     is left out with a warning; empty: none is given, so nothing is granted
   * @param requireSandbox refuse to start without a sandbox for renderers, which no system has yet
   * @param operator let the person who uses the app watch it, see docs/operator.md
   */
  public record Security(String policy, boolean requireSandbox, boolean operator) {}

  /**
   * Reads and checks {@code socket.ini} of this folder. Blocks.
   *
   * @throws ConfigException when the folder or the file is missing, or anything in it is wrong
   */
  public static AppConfig load(Path directory) {
    Path folder = directory.toAbsolutePath().normalize();
    Path file = folder.resolve(FILE);
    if (!Files.isDirectory(folder)) {
      throw new ConfigException(
          folder, 0, "", "there is no such folder", "Give the folder of an app: dunlin run DIR.");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(SocketIni.MAX_FILE_BYTES + 1);
    } catch (NoSuchFileException e) {
      throw new ConfigException(
          file,
          0,
          "",
          "the file does not exist",
          "Give the folder of an app (dunlin run DIR), or make the file with these lines:"
              + " [build], name = my-app, [meta], bundle_identifier = com.example.my-app.");
    } catch (IOException e) {
      throw new ConfigException(
          file, 0, "", "the file can't be read: " + e.getMessage(), "Make it readable.");
    }
    return of(folder, bytes);
  }

  /** Checks the bytes of the {@code socket.ini} of this folder. */
  public static AppConfig of(Path directory, byte[] bytes) {
    Year year = Year.from(new SystemClock().wallTime().atZone(ZoneOffset.UTC));
    return parse(directory, bytes, systemVariables(), year);
  }

  /**
   * Checks the bytes of a {@code socket.ini}.
   *
   * @param variables of <code>{{name}}</code>
   * @param year of the default copyright
   */
  public static AppConfig parse(
      Path directory, byte[] bytes, Map<String, String> variables, Year year) {
    SocketIni ini = SocketIni.parse(directory.resolve(FILE), bytes, variables);
    return new ConfigReader(ini, directory, year).read();
  }

  /**
   * {@code platform.os} (linux, mac, win32) and {@code platform.arch} (x64, arm64) of this machine.
   */
  public static Map<String, String> systemVariables() {
    String arch = System.getProperty("os.arch");
    return Map.of(
        "platform.os",
        switch (Os.here()) {
          case WINDOWS -> "win32";
          case MAC -> "mac";
          case LINUX -> "linux";
        },
        "platform.arch",
        switch (arch) {
          case "amd64", "x86_64" -> "x64";
          case "aarch64" -> "arm64";
          default -> arch;
        });
  }

  /** A flat name as a person writes it in {@code socket.ini}: {@code [window] width}. */
  public static String written(String name) {
    return KnownKeys.written(name);
  }

  /** {@link #values} typed for JavaScript, as {@code application.config} shows them. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    values.forEach((name, text) -> json.set(name, JsValue.of(text)));
    return json;
  }
}
