package dev.dunlin.shell.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.shell.engine.BrowserWindow;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.regex.Pattern;

/**
 * {@code ipc://window/show…Picker}: the person picks files or a folder, and the window may use them
 * beyond its policy, literally and until it goes.
 */
final class PickerModule implements CommandModule {
  /** Kinds of files that a dialog offers. Over: {@code ERR_INVALID_CALL}. */
  static final int FILTERS = 64;

  /** Suffixes and MIME types of one kind. Over: {@code ERR_INVALID_CALL}. */
  static final int SUFFIXES = 256;

  /** Longest suggested name and description, in UTF-16 units. Over: {@code ERR_INVALID_CALL}. */
  static final int NAME_LENGTH = 255;

  /** Files that may be picked at once. Over: {@code ERR_TOO_MANY_FILES}, and none is granted. */
  static final int FILES = 512;

  private static final Pattern SUFFIX = Pattern.compile("\\.[\\w.+-]{1,15}");
  private static final Pattern TYPE = Pattern.compile("[\\w.+-]{1,127}/([\\w.+-]{1,127}|\\*)");
  private static final Pattern NO_NAME = Pattern.compile(".*[/\\\\\\p{Cntrl}].*|\\.{0,2}");
  private static final Set<String> FOLDERS =
      Set.of("desktop", "documents", "downloads", "music", "pictures", "videos");

  private static final Future<Boolean> NO = Future.succeededFuture(false);

  /** What a dialog is for. */
  enum Kind {
    OPEN,
    SAVE,
    FOLDER
  }

  /**
   * A kind of files.
   *
   * @param suffixes with their dot, lower-case
   * @param types MIME types, of which the subtype may be {@code *}
   */
  record Filter(String description, List<String> suffixes, List<String> types) {}

  /**
   * What the page asks for.
   *
   * @param suggestedName empty if there is none
   * @param start the folder that the dialog shows first
   */
  record Request(
      Kind kind,
      boolean multiple,
      boolean writable,
      String suggestedName,
      Optional<Path> start,
      List<Filter> filters,
      boolean acceptAll) {}

  /** Who decides. */
  interface Person {
    /**
     * @param cancelled the page no longer wants to know
     * @return the real paths of when the person picked them; none if the person picks nothing
     */
    Future<List<Path>> pick(BrowserWindow window, Request request, Future<Void> cancelled);

    /** Whether what was picked for reading may be changed. */
    Future<Boolean> mayChange(BrowserWindow window, Path path);
  }

  private final IntFunction<Optional<BrowserWindow>> windows;
  private final Optional<Person> person;
  private final boolean needsGesture;
  private final Function<String, Path> folders;
  private final PageServices.Blocking blocking;

  /** Windows in which a dialog stands. */
  private final OneAtATime asking = new OneAtATime("ERR_PICKER_OPEN", "a file dialog");

  /**
   * @param person empty if nobody is at the screen
   * @param needsGesture whether the person must just have pressed a key or button in the page
   * @param folders the person's folders by their names
   */
  PickerModule(
      IntFunction<Optional<BrowserWindow>> windows,
      Optional<Person> person,
      boolean needsGesture,
      Function<String, Path> folders,
      PageServices.Blocking blocking) {
    this.windows = windows;
    this.blocking = blocking;
    this.person = person;
    this.needsGesture = needsGesture;
    this.folders = folders;
  }

  @Override
  public String name() {
    return "window";
  }

  @Override
  public List<Command> commands() {
    return List.of(
        command("showOpenFilePicker", call -> picks(call, Kind.OPEN)),
        command("showSaveFilePicker", call -> picks(call, Kind.SAVE)),
        command("showDirectoryPicker", call -> picks(call, Kind.FOLDER)),
        command("requestFileWrite", this::mayChange));
  }

  /** What is asked of the person, once the question is known to be well-formed. */
  private interface Question {
    Future<?> ask(Person person, BrowserWindow window);
  }

  private Command command(String function, Function<Call, Question> question) {
    return new Command(
        function,
        new Command.Resource.None(),
        Command.Permission.PERSON,
        Command.RunsOn.EVENT_LOOP,
        call -> ask(call, question.apply(call)));
  }

  private Future<Reply> ask(Call call, Question question) {
    int id = call.caller().window();
    BrowserWindow window =
        windows
            .apply(id)
            .orElseThrow(
                () ->
                    new BridgeError(
                        "NotFoundError", "ERR_NO_WINDOW", "this page has no window of its own"));
    Person asked =
        person.orElseThrow(
            () ->
                new BridgeError(
                    "NotAllowedError",
                    "ERR_NO_PERSON",
                    "nobody is at the screen to pick a file: this run is headless"));
    return asking
        .in(id, () -> ask(window, asked, question).<Object>map(Function.identity()))
        .map(Reply.Data::new);
  }

  private Future<?> ask(BrowserWindow window, Person asked, Question question) {
    return (needsGesture ? window.userActivation() : Future.succeededFuture(true))
        .compose(
            active ->
                active
                    ? question.ask(asked, window).<Object>map(Function.identity())
                    : Future.failedFuture(
                        new BridgeError(
                            "SecurityError",
                            "ERR_NO_USER_ACTIVATION",
                            "a file dialog opens only when the person has just clicked or pressed a"
                                + " key in the page: call it in the handler of that event")));
  }

  private Question picks(Call call, Kind kind) {
    Request request = request(call, kind);
    return (asked, window) ->
        asked
            .pick(window, request, call.cancelled())
            .compose(picked -> blocking.run(() -> granted(call, request, picked)));
  }

  private static List<String> granted(Call call, Request request, List<Path> picked) {
    if (picked.isEmpty()) {
      throw new BridgeError("AbortError", "ABORT_ERR", "The person picked nothing");
    }
    if (picked.size() > FILES) {
      throw new BridgeError(
          "RangeError", "ERR_TOO_MANY_FILES", "at most " + FILES + " files are picked at once");
    }
    List<String> paths = new ArrayList<>();
    for (Path path : picked) {
      try {
        if (request.kind() == Kind.SAVE) {
          make(path);
        }
        call.grantReal(path, request.writable());
        paths.add(path.toString());
      } catch (IOException e) {
        throw unusable(request.kind(), path, e);
      }
    }
    return paths;
  }

  /**
   * Where it really is now, as the person sees it: a page that puts a link in its place from now on
   * is granted nothing by it. What is to be saved need not be there.
   */
  static Path real(Kind kind, Path picked) {
    try {
      Path folder = picked.getParent();
      return kind == Kind.SAVE
              && folder != null
              && Files.notExists(picked, LinkOption.NOFOLLOW_LINKS)
          ? folder.toRealPath().resolve(picked.getFileName())
          : picked.toRealPath();
    } catch (IOException e) {
      throw unusable(kind, picked, e);
    }
  }

  private static BridgeError unusable(Kind kind, Path path, IOException fault) {
    return new BridgeError(
        "NotFoundError",
        "ERR_NOT_PICKED",
        path + " can't be " + (kind == Kind.SAVE ? "made" : "used") + ": " + fault.getMessage());
  }

  /** A file to save is there from then on: what is granted is a real path. */
  private static void make(Path path) throws IOException {
    try {
      Files.createFile(path);
    } catch (FileAlreadyExistsException e) {
      // The person said that it may be replaced; whoever writes it does that.
      return;
    }
  }

  private Question mayChange(Call call) {
    Path path = path(call, "path").orElseThrow(() -> invalid("it needs the path"));
    if (!call.isPicked(path)) {
      throw new BridgeError(
          "NotAllowedError",
          "ERR_ACCESS_DENIED",
          "only what was picked in this window can be asked for: " + path);
    }
    return (asked, window) ->
        asked
            .mayChange(window, path)
            .compose(yes -> yes ? blocking.run(() -> letChange(call, path)) : NO);
  }

  private static boolean letChange(Call call, Path path) {
    try {
      call.grantReal(path, true);
      return true;
    } catch (IOException e) {
      throw new BridgeError("NotFoundError", "ENOENT", path + " is there no longer");
    }
  }

  private Request request(Call call, Kind kind) {
    String name = text(call, "suggestedName");
    if (!name.isEmpty() && (name.length() > NAME_LENGTH || NO_NAME.matcher(name).matches())) {
      throw invalid(
          "suggestedName is the name of a file, without slashes, of at most "
              + NAME_LENGTH
              + " characters");
    }
    List<Filter> filters = filters(call);
    boolean acceptAll = !flag(call, "excludeAcceptAllOption");
    if (!acceptAll && filters.isEmpty()) {
      throw invalid("excludeAcceptAllOption needs types");
    }
    return new Request(
        kind,
        kind == Kind.OPEN && flag(call, "multiple"),
        kind == Kind.SAVE || kind == Kind.FOLDER && text(call, "mode").equals("readwrite"),
        name,
        start(call),
        filters,
        acceptAll);
  }

  private Optional<Path> start(Call call) {
    String name = text(call, "startIn");
    if (!name.isEmpty() && !FOLDERS.contains(name)) {
      throw invalid("startIn is a handle or one of " + FOLDERS.stream().sorted().toList());
    }
    return name.isEmpty() ? path(call, "startPath") : Optional.of(folders.apply(name));
  }

  private static List<Filter> filters(Call call) {
    List<Filter> filters = new ArrayList<>();
    call.param("types")
        .ifPresent(
            types -> {
              if (!types.isArray() || types.size() > FILTERS) {
                throw invalid("types is a list of at most " + FILTERS + " kinds of files");
              }
              types.forEach(type -> filters.add(filter(type)));
            });
    return filters;
  }

  private static Filter filter(JsonNode type) {
    List<String> suffixes = new ArrayList<>();
    List<String> types = new ArrayList<>();
    type.path("accept")
        .properties()
        .forEach(
            entry -> {
              types.add(matching(TYPE, entry.getKey(), "a MIME type"));
              JsonNode value = entry.getValue();
              (value.isArray() ? value : List.of(value))
                  .forEach(one -> suffixes.add(matching(SUFFIX, one.asText(), "a suffix")));
            });
    if (types.isEmpty() || types.size() + suffixes.size() > SUFFIXES) {
      throw invalid(
          "accept of a type is an object such as {'text/plain': ['.txt']}, of at most "
              + SUFFIXES
              + " names");
    }
    String description = type.path("description").asText("");
    if (description.length() > NAME_LENGTH) {
      throw invalid("a description has at most " + NAME_LENGTH + " characters");
    }
    if (!suffixes.isEmpty()) {
      // The page says by which names it knows them.
      types.clear();
    }
    return new Filter(
        description.isEmpty()
            ? String.join(", ", suffixes.isEmpty() ? types : suffixes)
            : description,
        suffixes,
        types);
  }

  private static String matching(Pattern pattern, String text, String what) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (!pattern.matcher(lower).matches()) {
      throw invalid(what + " looks otherwise; see the File System Access API");
    }
    return lower;
  }

  private static Optional<Path> path(Call call, String name) {
    String text = text(call, name);
    try {
      Path path = Path.of(text);
      if (!text.isEmpty() && !path.isAbsolute()) {
        throw invalid(name + " is an absolute path");
      }
      return text.isEmpty() ? Optional.empty() : Optional.of(path.normalize());
    } catch (InvalidPathException e) {
      throw invalid(name + " is no path: " + e.getReason());
    }
  }

  private static String text(Call call, String name) {
    return call.param(name).map(JsonNode::asText).orElse("");
  }

  private static boolean flag(Call call, String name) {
    return call.param(name).map(node -> node.asBoolean(false)).orElse(false);
  }

  private static BridgeError invalid(String message) {
    return new BridgeError("TypeError", "ERR_INVALID_CALL", message);
  }
}
