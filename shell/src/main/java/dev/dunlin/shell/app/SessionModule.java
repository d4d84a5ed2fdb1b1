package dev.dunlin.shell.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Permission;
import dev.dunlin.bridge.spi.Command.Resource;
import dev.dunlin.bridge.spi.Command.RunsOn;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.shell.engine.BrowserWindow;
import dev.dunlin.shell.engine.PageProtocol;
import dev.dunlin.shell.spelling.Language;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * {@code ipc://session/…}: the cookies and the stored data of the app's profile in Chromium, those
 * of other origins among them; so no source but its own gives it. And its spelling checker.
 */
final class SessionModule implements CommandModule {
  /** Longest name and value of a cookie, in UTF-16 units. Over: {@code ERR_INVALID_CALL}. */
  static final int COOKIE_LENGTH = 4096;

  /** Longest URL of a cookie or an origin, in UTF-16 units. Over: {@code ERR_INVALID_CALL}. */
  static final int URL_LENGTH = 2048;

  /** What can be cleared, in Chromium's words. */
  private static final Set<String> STORAGE =
      Set.of(
          "cookies",
          "local_storage",
          "indexeddb",
          "cache_storage",
          "service_workers",
          "file_systems");

  private final String origin;
  private final IntFunction<Optional<BrowserWindow>> windows;
  private final SpellChecker spelling;

  SessionModule(
      String origin, IntFunction<Optional<BrowserWindow>> windows, SpellChecker spelling) {
    this.origin = origin;
    this.windows = windows;
    this.spelling = spelling;
  }

  @Override
  public String name() {
    return "session";
  }

  @Override
  public List<Command> commands() {
    return List.of(
        command("cookies", SessionModule::cookies),
        command("setCookie", SessionModule::setCookie),
        command("deleteCookies", SessionModule::deleteCookies),
        command("clear", this::clear),
        worker("spellChecker", call -> spelling.told().map(Reply.Data::new)),
        worker("setSpellChecker", this::setSpellChecker));
  }

  private interface Action {
    Future<Reply> on(PageProtocol page, Call call);
  }

  private Command command(String function, Action action) {
    return PageServices.declared(
        function,
        new Resource.None(),
        Permission.POLICY,
        RunsOn.PAGE,
        call -> action.on(PageServices.windowOf(windows, call).protocol(), call));
  }

  private static Command worker(String function, Command.Handler handler) {
    return PageServices.declared(
        function, new Resource.None(), Permission.POLICY, RunsOn.WORKER, handler);
  }

  private Future<Reply> setSpellChecker(Call call) {
    Optional<List<Language>> languages = call.param("languages").map(SpellChecker::languagesOf);
    return spelling
        .change(PageServices.flag(call, "enabled"), languages)
        .map(done -> Reply.NOTHING);
  }

  private static Future<Reply> cookies(PageProtocol page, Call call) {
    Optional<String> url = PageServices.text(call, "url", URL_LENGTH);
    ObjectNode asked = PageProtocol.object();
    url.ifPresent(one -> asked.putArray("urls").add(one));
    return page.call(url.isPresent() ? "Network.getCookies" : "Storage.getCookies", asked)
        .map(
            answer -> {
              List<Object> cookies = new ArrayList<>();
              answer.path("cookies").forEach(cookie -> cookies.add(shown(cookie)));
              return new Reply.Data(cookies);
            });
  }

  private static ObjectNode shown(JsonNode cookie) {
    ObjectNode shown = PageProtocol.object();
    for (String name :
        List.of("name", "value", "domain", "path", "secure", "httpOnly", "sameSite")) {
      if (cookie.has(name)) {
        shown.set(name, cookie.path(name));
      }
    }
    if (cookie.path("expires").asDouble() > 0) {
      shown.set("expires", cookie.path("expires"));
    }
    return shown;
  }

  private static Future<Reply> setCookie(PageProtocol page, Call call) {
    ObjectNode cookie = PageProtocol.object();
    cookie.put("url", required(call, "url", URL_LENGTH));
    cookie.put("name", required(call, "name", COOKIE_LENGTH));
    cookie.put("value", PageServices.text(call, "value", COOKIE_LENGTH).orElse(""));
    for (String name : List.of("domain", "path", "sameSite")) {
      PageServices.text(call, name, URL_LENGTH).ifPresent(value -> cookie.put(name, value));
    }
    for (String name : List.of("secure", "httpOnly")) {
      PageServices.flag(call, name).ifPresent(value -> cookie.put(name, value));
    }
    PageServices.number(call.params(), "expires", 0, Long.MAX_VALUE)
        .ifPresent(value -> cookie.put("expires", value));
    return page.call("Network.setCookie", cookie)
        .map(
            answer -> {
              if (!answer.path("success").asBoolean(true)) {
                throw new BridgeError(
                    "OperationError",
                    "ERR_COOKIE",
                    "Chromium takes no such cookie: look at url, domain, secure and sameSite");
              }
              return Reply.NOTHING;
            });
  }

  private static Future<Reply> deleteCookies(PageProtocol page, Call call) {
    ObjectNode which =
        PageProtocol.object()
            .put("url", required(call, "url", URL_LENGTH))
            .put("name", required(call, "name", COOKIE_LENGTH));
    return page.call("Network.deleteCookies", which).map(done -> Reply.NOTHING);
  }

  private Future<Reply> clear(PageProtocol page, Call call) {
    Set<String> types = new LinkedHashSet<>();
    call.param("types").ifPresent(list -> list.forEach(type -> types.add(type.asText())));
    if (types.isEmpty()) {
      types.addAll(STORAGE);
      types.add("cache");
    }
    for (String type : types) {
      if (!STORAGE.contains(type) && !type.equals("cache")) {
        throw PageServices.invalid(
            "types is a list of 'cache', "
                + String.join(", ", STORAGE.stream().sorted().map(s -> "'" + s + "'").toList()));
      }
    }
    boolean cache = types.remove("cache");
    Future<?> cleared =
        cache
            ? page.call("Network.clearBrowserCache", PageProtocol.object())
            : Future.succeededFuture();
    String whose = PageServices.text(call, "origin", URL_LENGTH).orElse(origin);
    if (!types.isEmpty()) {
      cleared =
          cleared.compose(
              done ->
                  page.call(
                      "Storage.clearDataForOrigin",
                      PageProtocol.object()
                          .put("origin", whose)
                          .put("storageTypes", String.join(",", types))));
    }
    return cleared.map(done -> Reply.NOTHING);
  }

  private static String required(Call call, String name, int longest) {
    return PageServices.text(call, name, longest)
        .filter(value -> !value.isEmpty())
        .orElseThrow(() -> PageServices.invalid("it needs the text " + name));
  }
}
