package dev.dunlin.shell.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.bridge.fs.CheckedFile;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.ByteSource;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Access;
import dev.dunlin.bridge.spi.Command.LastSegment;
import dev.dunlin.bridge.spi.Command.Permission;
import dev.dunlin.bridge.spi.Command.Resource;
import dev.dunlin.bridge.spi.Command.RunsOn;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.shell.engine.BrowserWindow;
import dev.dunlin.shell.engine.EngineException;
import dev.dunlin.shell.engine.PageProtocol;
import io.vertx.core.Future;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;

/**
 * What Chromium does for the page of the asking window: print, PDF, picture, zoom, find. Commands
 * of the module {@code window}.
 */
final class PageServices implements CommandModule {
  /** Smallest and largest zoom, Chromium's own. Beyond: {@code ERR_INVALID_CALL}. */
  static final double LEAST_ZOOM = 0.25;

  /** See {@link #LEAST_ZOOM}. Over: {@code ERR_INVALID_CALL}. */
  static final double MOST_ZOOM = 5;

  /** Longest text that is looked for, in UTF-16 units. Over: {@code ERR_INVALID_CALL}. */
  static final int FIND_LENGTH = 1024;

  /** Longest header, footer and list of pages, in UTF-16 units. Over: {@code ERR_INVALID_CALL}. */
  static final int TEMPLATE_LENGTH = 64 << 10;

  /** Largest side of paper, and widest margin, in inches. Over: {@code ERR_INVALID_CALL}. */
  static final double PAPER_INCHES = 200;

  /** Longest side of a picture, in pixels of the screen. Over: {@code ERR_INVALID_CALL}. */
  static final int PICTURE_PX = 16_384;

  /** Runs what blocks on a worker. */
  interface Blocking {
    <T> Future<T> run(Callable<T> work);
  }

  private final IntFunction<Optional<BrowserWindow>> windows;
  private final CheckedFile files;
  private final Blocking blocking;
  private final Printers printers;

  private final Optional<String> asker;

  private final OneAtATime asking = new OneAtATime("ERR_PICKER_OPEN", "a print dialog");

  /**
   * @param asker the app's name, in whose name the person is asked; empty if nobody is there
   */
  PageServices(
      IntFunction<Optional<BrowserWindow>> windows,
      CheckedFile files,
      Blocking blocking,
      Printers printers,
      Optional<String> asker) {
    this.windows = windows;
    this.asker = asker;
    this.files = files;
    this.blocking = blocking;
    this.printers = printers;
  }

  @Override
  public String name() {
    return "window";
  }

  @Override
  public List<Command> commands() {
    return List.of(
        file("printToPDF", this::printToPdf),
        file("screenshot", this::screenshot),
        asking("print", this::print),
        declared("printTo", new Resource.Text(), this::printTo),
        command("printers", (window, call) -> printers()),
        command("capturePage", this::capturePage),
        command("zoom", PageServices::zoom),
        command("find", PageServices::find),
        command("stopFinding", PageServices::stopFinding));
  }

  private interface Action {
    Future<Reply> on(BrowserWindow window, Call call);
  }

  private Command command(String function, Action action) {
    return declared(function, new Resource.None(), action);
  }

  private Command file(String function, Action action) {
    return declared(
        function, new Resource.File(LastSegment.FOLLOW, call -> Access.WRITE, ""), action);
  }

  private Command asking(String function, Action action) {
    return declared(function, new Resource.None(), Permission.PERSON, action);
  }

  private Command declared(String function, Resource resource, Action action) {
    return declared(function, resource, Permission.POLICY, action);
  }

  private Command declared(
      String function, Resource resource, Permission permission, Action action) {
    return declared(
        function,
        resource,
        permission,
        RunsOn.PAGE,
        call -> action.on(windowOf(windows, call), call));
  }

  /** Of what Chromium does: what it refuses, the page is told in its words. */
  static Command declared(
      String function,
      Resource resource,
      Permission permission,
      RunsOn runsOn,
      Command.Handler handler) {
    return new Command(
        function,
        resource,
        permission,
        runsOn,
        call -> {
          try {
            return handler
                .handle(call)
                .recover(fault -> Future.failedFuture(told(function, fault)));
          } catch (EngineException e) {
            return Future.failedFuture(told(function, e));
          }
        });
  }

  /** The asking page's window. */
  static BrowserWindow windowOf(IntFunction<Optional<BrowserWindow>> windows, Call call) {
    return windows
        .apply(call.caller().window())
        .orElseThrow(
            () ->
                new BridgeError(
                    "NotFoundError", "ERR_NO_WINDOW", "this page has no window of its own"));
  }

  /** What Chromium refuses, in its words. */
  private static Throwable told(String function, Throwable fault) {
    return fault instanceof BridgeError
        ? fault
        : new BridgeError(
            "OperationError",
            "ERR_ENGINE",
            "Chromium did not do " + function + ": " + fault.getMessage());
  }

  // PDF.

  private Future<Reply> printToPdf(BrowserWindow window, Call call) {
    PageProtocol page = window.protocol();
    return page.call("Page.printToPDF", pdfSettings(call))
        .compose(made -> save(call, page.stream(made.path("stream").asText()), "printToPDF"));
  }

  private static ObjectNode pdfSettings(Call call) {
    ObjectNode settings = PageProtocol.object().put("transferMode", "ReturnAsStream");
    for (String flag :
        List.of("landscape", "printBackground", "preferCSSPageSize", "displayHeaderFooter")) {
      flag(call, flag).ifPresent(value -> settings.put(flag, value));
    }
    flag(call, "tagged").ifPresent(value -> settings.put("generateTaggedPDF", value));
    flag(call, "outline").ifPresent(value -> settings.put("generateDocumentOutline", value));
    for (String text : List.of("headerTemplate", "footerTemplate", "pageRanges")) {
      text(call, text, TEMPLATE_LENGTH).ifPresent(value -> settings.put(text, value));
    }
    number(call.params(), "scale", 0.1, 2).ifPresent(value -> settings.put("scale", value));
    call.param("pageSize")
        .ifPresent(
            size -> {
              Paper paper = Paper.of(size);
              settings.put("paperWidth", paper.width).put("paperHeight", paper.height);
            });
    call.param("margins")
        .ifPresent(
            margins -> {
              for (String side : List.of("Top", "Bottom", "Left", "Right")) {
                number(margins, side.toLowerCase(Locale.ROOT), 0, PAPER_INCHES)
                    .ifPresent(value -> settings.put("margin" + side, value));
              }
            });
    return settings;
  }

  /** In inches. */
  record Paper(double width, double height) {
    private static final double MM = 25.4;

    static Paper of(JsonNode size) {
      if (size.isObject()) {
        return new Paper(
            number(size, "width", 0.1, PAPER_INCHES).orElseThrow(Paper::unknown),
            number(size, "height", 0.1, PAPER_INCHES).orElseThrow(Paper::unknown));
      }
      return switch (size.asText().toLowerCase(Locale.ROOT)) {
        case "a3" -> new Paper(297 / MM, 420 / MM);
        case "a4" -> new Paper(210 / MM, 297 / MM);
        case "a5" -> new Paper(148 / MM, 210 / MM);
        case "a6" -> new Paper(105 / MM, 148 / MM);
        case "letter" -> new Paper(8.5, 11);
        case "legal" -> new Paper(8.5, 14);
        case "tabloid" -> new Paper(11, 17);
        default -> throw unknown();
      };
    }

    private static BridgeError unknown() {
      return invalid(
          "pageSize is 'A3', 'A4', 'A5', 'A6', 'Letter', 'Legal', 'Tabloid' or {width, height} in"
              + " inches");
    }
  }

  // Print.

  private Future<Reply> printers() {
    return printers
        .all()
        .map(
            all ->
                new Reply.Data(
                    all.stream()
                        .map(one -> Map.of("name", one.name(), "isDefault", one.isDefault()))
                        .toList()));
  }

  private Future<Reply> printTo(BrowserWindow window, Call call) {
    int copies =
        number(call.params(), "copies", 1, Printers.COPIES).map(Double::intValue).orElse(1);
    return print(window, call, pdfSettings(call), call.resource(), copies);
  }

  private Future<Reply> print(
      BrowserWindow window, Call call, ObjectNode settings, String printer, int copies) {
    PageProtocol page = window.protocol();
    return window
        .state()
        .compose(
            state ->
                page.call("Page.printToPDF", settings)
                    .compose(
                        made ->
                            blocking.run(
                                () -> {
                                  try (InputStream pdf =
                                      page.stream(made.path("stream").asText())) {
                                    requireWanted(call);
                                    printers.print(printer, copies, state.title(), pdf);
                                  }
                                  return Reply.NOTHING;
                                })));
  }

  private Future<Reply> print(BrowserWindow window, Call call) {
    String app =
        asker.orElseThrow(
            () ->
                new BridgeError(
                    "NotAllowedError",
                    "ERR_NO_PERSON",
                    "nobody is at the screen to choose a printer: this run is headless"));
    ObjectNode settings = pdfSettings(call);
    return asking
        .in(
            window.id(),
            () ->
                printers
                    .all()
                    .compose(
                        all ->
                            window.onFrame(
                                owner -> PrintDialog.ask(owner, app, all, call.cancelled()))))
        .compose(
            chosen -> {
              PrintDialog.Choice choice =
                  chosen.orElseThrow(
                      () ->
                          new BridgeError("AbortError", "ABORT_ERR", "The person prints nothing"));
              if (!choice.pages().isEmpty()) {
                settings.put("pageRanges", choice.pages());
              }
              if (choice.landscape()) {
                settings.put("landscape", true);
              }
              return print(window, call, settings, choice.printer(), choice.copies());
            });
  }

  private Future<Reply> save(Call call, InputStream content, String syscall) {
    return blocking.run(
        () -> {
          try (content) {
            requireWanted(call);
            files.write(call.path(), content, syscall);
          }
          return Reply.NOTHING;
        });
  }

  // Pictures.

  private Future<Reply> screenshot(BrowserWindow window, Call call) {
    String name = call.path().real().getFileName().toString().toLowerCase(Locale.ROOT);
    String byName =
        name.endsWith(".jpg") || name.endsWith(".jpeg")
            ? "jpeg"
            : name.endsWith(".webp") ? "webp" : "png";
    return picture(window, call, byName)
        .compose(bytes -> save(call, new ByteArrayInputStream(bytes), "screenshot"));
  }

  private Future<Reply> capturePage(BrowserWindow window, Call call) {
    if (!call.takesBytes()) {
      throw invalid("bytes travel by fetch: call this by the stream lane");
    }
    return picture(window, call, "png")
        .map(
            bytes ->
                new Reply.Bytes(
                    ByteSource.of(bytes), bytes.length, "application/octet-stream", Map.of()));
  }

  private static Future<byte[]> picture(BrowserWindow window, Call call, String otherwise) {
    String format = text(call, "format", 8).orElse(otherwise);
    if (!List.of("png", "jpeg", "webp").contains(format)) {
      throw invalid("format is 'png', 'jpeg' or 'webp'");
    }
    ObjectNode settings = PageProtocol.object().put("format", format);
    if (!format.equals("png")) {
      number(call.params(), "quality", 0, 100)
          .ifPresent(quality -> settings.put("quality", (int) Math.round(quality)));
    }
    PageProtocol page = window.protocol();
    Future<JsonNode> area = Future.succeededFuture(MissingNode.getInstance());
    Optional<JsonNode> clip = call.param("clip");
    if (clip.isPresent()) {
      area = Future.succeededFuture(clip.get());
    } else if (flag(call, "fullPage").orElse(false)) {
      area =
          page.call("Page.getLayoutMetrics", PageProtocol.object())
              .map(metrics -> metrics.path("cssContentSize"));
    }
    return area.compose(
            wanted ->
                wanted.isMissingNode()
                    ? Future.succeededFuture(settings)
                    : window.state().map(now -> clip(settings, wanted, now.scale())))
        .compose(asked -> page.call("Page.captureScreenshot", asked))
        .map(answer -> Base64.getDecoder().decode(answer.path("data").asText()));
  }

  /**
   * Has {@code Page.captureScreenshot} take that area.
   *
   * @param scale pixels of the picture for one of CSS
   */
  static ObjectNode clip(ObjectNode settings, JsonNode area, double scale) {
    ObjectNode clip = settings.put("captureBeyondViewport", true).putObject("clip");
    for (String side : List.of("x", "y")) {
      clip.put(side, number(area, side, 0, Integer.MAX_VALUE).orElse(0.0));
    }
    for (String side : List.of("width", "height")) {
      clip.put(
          side,
          number(area, side, 1, Math.floor(PICTURE_PX / scale))
              .orElseThrow(() -> invalid("clip needs x, y, width and height, in CSS pixels")));
    }
    clip.put("scale", 1);
    return settings;
  }

  // Zoom.

  private static Future<Reply> zoom(BrowserWindow window, Call call) {
    return number(call.params(), "factor", LEAST_ZOOM, MOST_ZOOM)
        .map(window::setZoom)
        .orElseGet(Future::succeededFuture)
        .compose(done -> window.zoom())
        // Chromium keeps a power of 1.2, which does not come back exactly.
        .map(now -> new Reply.Data(Map.of("factor", Math.round(now * 10_000) / 10_000.0)));
  }

  // Find.

  private static Future<Reply> find(BrowserWindow window, Call call) {
    String text =
        text(call, "text", FIND_LENGTH)
            .filter(given -> !given.isBlank())
            .orElseThrow(() -> invalid("find needs a text that is not empty"));
    String query =
        PageProtocol.literal(
            Map.of(
                "text",
                text,
                "matchCase",
                flag(call, "matchCase").orElse(false),
                "backwards",
                flag(call, "backwards").orElse(false)));
    return window
        .protocol()
        .evaluate(FindScript.SOURCE + ".find(" + query + ")")
        .map(Reply.Data::new);
  }

  private static Future<Reply> stopFinding(BrowserWindow window, Call call) {
    String keep = String.valueOf(flag(call, "select").orElse(false));
    return window
        .protocol()
        .evaluate(FindScript.SOURCE + ".stop(" + keep + ")")
        .map(done -> Reply.NOTHING);
  }

  /** Before what can't be taken back: the document that asked may be gone. */
  static void requireWanted(Call call) {
    if (call.isCancelled()) {
      throw new BridgeError("AbortError", "ABORT_ERR", "The page no longer wants it");
    }
  }

  // Parameters.

  static Optional<Boolean> flag(Call call, String name) {
    return call.param(name)
        .map(
            value -> {
              if (!value.isBoolean() && !value.asText().matches("true|false")) {
                throw invalid(name + " is true or false, this is " + value);
              }
              return value.asBoolean();
            });
  }

  static Optional<String> text(Call call, String name, int longest) {
    return call.param(name)
        .map(
            value -> {
              if (!value.isTextual() || value.asText().length() > longest) {
                throw invalid(name + " is a text of at most " + longest + " characters");
              }
              return value.asText();
            });
  }

  static Optional<Double> number(JsonNode of, String name, double least, double most) {
    JsonNode value = of.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    double number = value.isTextual() ? decimal(value.asText()) : value.asDouble(Double.NaN);
    if (!(number >= least && number <= most)) {
      throw invalid(
          name + " is a number from " + shown(least) + " to " + shown(most) + ", this is " + value);
    }
    return Optional.of(number);
  }

  private static double decimal(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  private static String shown(double bound) {
    return bound == Math.rint(bound) ? String.valueOf((long) bound) : String.valueOf(bound);
  }

  static BridgeError invalid(String message) {
    return new BridgeError("TypeError", "ERR_INVALID_CALL", message);
  }
}
