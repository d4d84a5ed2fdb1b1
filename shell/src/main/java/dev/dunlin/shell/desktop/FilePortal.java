package dev.dunlin.shell.desktop;

import dev.dunlin.bridge.spi.BridgeError;
import io.vertx.core.Future;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.freedesktop.dbus.Struct;
import org.freedesktop.dbus.annotations.Position;
import org.freedesktop.dbus.types.UInt32;
import org.freedesktop.dbus.types.Variant;

/**
 * The desktop's own file dialogs, by its portal (org.freedesktop.portal.FileChooser): those that
 * the person knows, with the places that they have marked.
 *
 * <p><i>Thread:</i> any; futures complete on threads of D-Bus.
 */
public final class FilePortal {
  static final String TYPE = "org.freedesktop.portal.FileChooser";

  /** The environment's word on it: {@code portal} (the default) or {@code own}. */
  public static final String CHOICE = "DUNLIN_FILE_DIALOGS";

  /** How long a portal may take to say that it is there. Over: not used again in this run. */
  static final Duration PRESENCE = Duration.ofSeconds(5);

  /** From this version on it asks for folders. */
  private static final long ASKS_FOR_FOLDERS = 3;

  private static final UInt32 GLOB = new UInt32(0);
  private static final UInt32 TYPE_OF_FILE = new UInt32(1);

  private static final Absent NO_PORTAL =
      new Absent(
          "no-file-portal",
          "The desktop has no file dialogs of its own (xdg-desktop-portal); Dunlin's are shown",
          "Install xdg-desktop-portal and the part of it for this desktop, such as xdg-desktop-portal-gtk");

  private static final Absent SWITCHED_OFF =
      new Absent(
          "switched-off",
          "The environment says " + CHOICE + "=own: Dunlin's own file dialogs are shown",
          "Unset " + CHOICE);

  private final Supplier<Bus> session;

  /** Why it is not asked at all. */
  private final Optional<Absent> missing;

  private final Duration presence;

  // Guarded by this.
  private PortalRequests requests;
  private boolean hangs;

  /** What is asked for. */
  public enum Kind {
    OPEN,
    SAVE,
    FOLDER
  }

  /**
   * A kind of files.
   *
   * @param suffixes with their dot
   * @param types MIME types, of which the subtype may be {@code *}
   */
  public record Filter(String name, List<String> suffixes, List<String> types) {}

  /**
   * A dialog.
   *
   * @param parent the window it stands over, as portals name it; may be empty
   * @param start the folder that it shows first
   * @param name the suggested one of a file to save; empty if there is none
   */
  public record Dialog(
      Kind kind,
      String parent,
      String title,
      boolean multiple,
      Optional<Path> start,
      String name,
      List<Filter> filters) {}

  /** A pattern or MIME type: {@code (us)}. */
  public static final class Rule extends Struct {
    @Position(0)
    private final UInt32 kind;

    @Position(1)
    private final String value;

    Rule(UInt32 kind, String value) {
      this.kind = kind;
      this.value = value;
    }

    public UInt32 getKind() {
      return kind;
    }

    public String getValue() {
      return value;
    }
  }

  /** A filter of the portal's: {@code (sa(us))}. */
  public static final class Rules extends Struct {
    @Position(0)
    private final String name;

    @Position(1)
    private final List<Rule> rules;

    Rules(String name, List<Rule> rules) {
      this.name = name;
      this.rules = rules;
    }

    public String getName() {
      return name;
    }

    public List<Rule> getRules() {
      return rules;
    }
  }

  FilePortal(Supplier<Bus> session, Map<String, String> environment) {
    this(session, environment, PRESENCE);
  }

  FilePortal(Supplier<Bus> session, Map<String, String> environment, Duration presence) {
    this.session = session;
    this.presence = presence;
    // Without a bus, nothing of D-Bus is loaded.
    this.missing =
        environment.getOrDefault(CHOICE, "").equals("own")
            ? Optional.of(SWITCHED_OFF)
            : BusAddress.ofSession(environment).isPresent()
                ? Optional.empty()
                : Optional.of(Absent.NO_BUS);
  }

  /**
   * What the person picks; none if the person picks nothing. Fails, however that comes, if the
   * desktop can't ask: then somebody else is to.
   *
   * @param withdrawn nobody wants the answer any more
   */
  public Future<List<Path>> pick(Dialog dialog, Future<Void> withdrawn) {
    return version()
        .compose(
            version ->
                dialog.kind() == Kind.FOLDER && version < ASKS_FOR_FOLDERS
                    ? Future.failedFuture(
                        new BusError(BusError.Kind.NO_SERVICE, "it can't ask for folders"))
                    : ask(dialog, withdrawn));
  }

  private Future<List<Path>> ask(Dialog dialog, Future<Void> withdrawn) {
    return requests()
        .ask(
            new PortalRequests.Question(
                TYPE,
                dialog.kind() == Kind.SAVE ? "SaveFile" : "OpenFile",
                "ssa{sv}",
                token ->
                    new Object[] {
                      dialog.parent(),
                      dialog.title(),
                      PortalRequests.options(token, options(dialog))
                    },
                Optional.empty(),
                withdrawn,
                true,
                late -> {}))
        .map(FilePortal::picked)
        .recover(
            fault ->
                fault instanceof BridgeError
                    ? Future.succeededFuture(List.of())
                    : Future.failedFuture(fault));
  }

  private static Map<String, Variant<?>> options(Dialog dialog) {
    Map<String, Variant<?>> options = new LinkedHashMap<>();
    options.put("modal", new Variant<>(true));
    if (dialog.kind() != Kind.SAVE) {
      options.put("multiple", new Variant<>(dialog.multiple()));
      options.put("directory", new Variant<>(dialog.kind() == Kind.FOLDER));
    } else if (!dialog.name().isEmpty()) {
      options.put("current_name", new Variant<>(dialog.name()));
    }
    dialog
        .start()
        .ifPresent(folder -> options.put("current_folder", new Variant<>(bytes(folder), "ay")));
    if (!dialog.filters().isEmpty()) {
      List<Rules> filters = dialog.filters().stream().map(FilePortal::rules).toList();
      options.put("filters", new Variant<>(filters, "a(sa(us))"));
      options.put("current_filter", new Variant<>(filters.get(0), "(sa(us))"));
    }
    return options;
  }

  /** As a string of C. */
  private static byte[] bytes(Path path) {
    return (path + "\0").getBytes(StandardCharsets.UTF_8);
  }

  private static Rules rules(Filter filter) {
    List<Rule> rules = new ArrayList<>();
    filter.suffixes().forEach(suffix -> rules.add(new Rule(GLOB, "*" + anyCase(suffix))));
    filter.types().forEach(type -> rules.add(new Rule(TYPE_OF_FILE, type)));
    return new Rules(filter.name(), rules);
  }

  /** A pattern of the letters, large and small. */
  static String anyCase(String suffix) {
    StringBuilder pattern = new StringBuilder();
    suffix
        .codePoints()
        .forEach(
            letter -> {
              String small = Character.toString(letter).toLowerCase(Locale.ROOT);
              String large = Character.toString(letter).toUpperCase(Locale.ROOT);
              pattern.append(small.equals(large) ? small : "[" + small + large + "]");
            });
    return pattern.toString();
  }

  private static List<Path> picked(Map<?, ?> answer) {
    List<Path> paths = new ArrayList<>();
    for (String uri : Plain.texts(answer.get("uris"))) {
      try {
        paths.add(Path.of(URI.create(uri)).normalize());
      } catch (IllegalArgumentException | FileSystemNotFoundException e) {
        throw new BusError(BusError.Kind.REFUSED, "it gave what is no file here: " + uri);
      }
    }
    if (paths.isEmpty()) {
      throw new BusError(BusError.Kind.REFUSED, "it gave no file");
    }
    return paths;
  }

  private synchronized PortalRequests requests() {
    if (requests == null) {
      requests = new PortalRequests(session.get(), "file", "The person picked nothing");
    }
    return requests;
  }

  private Future<Long> version() {
    synchronized (this) {
      if (missing.isPresent() || hangs) {
        return Future.failedFuture(new BusError(BusError.Kind.NO_SERVICE, "it is not used"));
      }
    }
    return PortalRequests.version(session.get(), TYPE)
        .timeout(presence.toMillis(), TimeUnit.MILLISECONDS)
        .onFailure(
            fault -> {
              if (fault instanceof TimeoutException
                  || fault instanceof BusError error && error.kind() == BusError.Kind.TIMEOUT) {
                synchronized (this) {
                  hangs = true;
                }
              }
            });
  }

  /** The line of {@code application.capabilities()}. */
  Future<Map<String, Object>> capability() {
    return Future.succeededFuture()
        .compose(start -> version())
        .map(version -> Absent.there())
        .otherwise(fault -> missing.orElse(NO_PORTAL).capability());
  }
}
