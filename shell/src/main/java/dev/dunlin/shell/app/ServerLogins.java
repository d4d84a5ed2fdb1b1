package dev.dunlin.shell.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.shell.engine.BrowserWindow;
import dev.dunlin.shell.engine.EngineException;
import dev.dunlin.shell.engine.PageProtocol;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Servers and proxies that want a name and a password before they show a page: the person is asked.
 *
 * <p>JCEF 146 does not call its own handler for a page: Chromium opens a dialog of its own there,
 * which has no place in a window of JCEF's (seen: it ends with a fault). DevTools' {@code Fetch} is
 * asked before. It looks at pages alone, not at frames in them, and only from where a window leaves
 * the app's pages until it is back. What a server has taken Chromium itself keeps, by origin and
 * realm, in memory: no page of the run asks again. Who is not told a name is not gone to: the
 * window stays where it is.
 *
 * <p><i>Thread:</i> any.
 */
final class ServerLogins {
  /**
   * How often a person is asked for one site until it has taken what it was told. Then: the window
   * stays where it is.
   */
  static final int TRIES = 3;

  /** Longest part of a realm that is shown, in UTF-16 units. Over: it is cut off. */
  static final int REALM_LENGTH = 200;

  /** Asks the person; empty if they would rather not say. */
  interface Asker {
    Future<Optional<LoginQuestion.Answer>> ask(BrowserWindow window, LoginQuestion question);
  }

  private final IntFunction<Optional<BrowserWindow>> windows;
  private final Optional<Asker> asker;
  private final Consumer<String> say;

  /**
   * Where a window goes, how often the person was asked since that site has taken what it was told,
   * and whether it was told something the last time.
   */
  private record Away(String site, int asked, boolean told) {}

  /** By window that shows pages of others. */
  private final Map<Integer, Away> away = new ConcurrentHashMap<>();

  /** Windows whose events are heard, for as long as they are there. */
  private final Set<Integer> heard = ConcurrentHashMap.newKeySet();

  /**
   * @param asker empty if nobody is there
   */
  ServerLogins(
      IntFunction<Optional<BrowserWindow>> windows, Optional<Asker> asker, Consumer<String> say) {
    this.windows = windows;
    this.asker = asker;
    this.say = say;
  }

  /** A window is about to ask for a page that is not the app's. Chromium's UI thread. */
  void leaves(int index, String url) {
    String site = site(url);
    // A page that goes to its own site again and again does not have the person asked anew.
    away.compute(
        index,
        (id, before) ->
            before != null && before.site.equals(site) ? before : new Away(site, 0, false));
    windows.apply(index).ifPresent(window -> hold(window, site));
  }

  private void hold(BrowserWindow window, String site) {
    ObjectNode settings = PageProtocol.object().put("handleAuthRequests", true);
    settings
        .putArray("patterns")
        .addObject()
        .put("urlPattern", site + "/*")
        .put("resourceType", "Document");
    try {
      PageProtocol page = window.protocol();
      if (heard.add(window.id())) {
        page.hear("Fetch.", (event, params) -> held(window, page, event, params));
      }
      page.call("Fetch.enable", settings);
    } catch (EngineException noPage) {
      // The window closes: it goes nowhere.
      return;
    }
  }

  /** A window shows a page that is not the app's: the site has taken what it was told. */
  void arrived(int index) {
    away.computeIfPresent(
        index, (id, there) -> there.told ? new Away(there.site, 0, false) : there);
  }

  /** A window shows a page of the app's. */
  void isBack(int index) {
    if (away.remove(index) != null) {
      windows.apply(index).ifPresent(ServerLogins::letGo);
    }
  }

  private static void letGo(BrowserWindow window) {
    try {
      window.protocol().call("Fetch.disable", PageProtocol.object());
    } catch (EngineException noPage) {
      // With the page goes what it was to hold.
      return;
    }
  }

  /** A window is gone. */
  void forget(int window) {
    away.remove(window);
    heard.remove(window);
  }

  private void held(BrowserWindow window, PageProtocol page, String event, JsonNode params) {
    ObjectNode answer = PageProtocol.object();
    answer.set("requestId", params.path("requestId"));
    if (event.equals("Fetch.requestPaused")) {
      page.call("Fetch.continueRequest", answer);
    } else if (event.equals("Fetch.authRequired")) {
      // Not Page.getFrameTree: the page does not answer while it waits.
      page.call("Target.getTargetInfo", PageProtocol.object())
          .onSuccess(
              target -> {
                if (isPage(target, params)) {
                  forPage(window, page, answer, params);
                } else {
                  // It shows what the server says to those without a password.
                  answer.putObject("authChallengeResponse").put("response", "CancelAuth");
                  page.call("Fetch.continueWithAuth", answer);
                }
              })
          .onFailure(lost -> page.call("Page.stopLoading", PageProtocol.object()));
    }
  }

  /**
   * Whether what Chromium holds is for the page itself, not for a frame in it: a page's target has
   * the id of its frame.
   */
  static boolean isPage(JsonNode target, JsonNode held) {
    String page = target.path("targetInfo").path("targetId").asText();
    return page.equals(held.path("frameId").asText());
  }

  private void forPage(
      BrowserWindow window, PageProtocol page, ObjectNode answer, JsonNode params) {
    login(window, params)
        .otherwise(Optional.empty())
        .onSuccess(
            given ->
                given.ifPresentOrElse(
                    login -> {
                      answer
                          .putObject("authChallengeResponse")
                          .put("response", "ProvideCredentials")
                          .put("username", login.name())
                          .put("password", login.password());
                      page.call("Fetch.continueWithAuth", answer);
                    },
                    // Not by CancelAuth, for which Chromium opens its dialog.
                    () -> page.call("Page.stopLoading", PageProtocol.object())));
  }

  /** Counts one question more; empty if it is one too many, else whether the last was answered. */
  Optional<Boolean> next(int window) {
    Away now =
        away.computeIfPresent(
            window, (id, before) -> new Away(before.site, before.asked + 1, before.told));
    return now == null || now.asked > TRIES ? Optional.empty() : Optional.of(now.told);
  }

  /** The person has answered the last question, or would rather not. */
  void answered(int window, boolean told) {
    away.computeIfPresent(window, (id, before) -> new Away(before.site, before.asked, told));
  }

  private Future<Optional<LoginQuestion.Answer>> login(BrowserWindow window, JsonNode params) {
    Optional<Boolean> told = next(window.id());
    if (told.isEmpty()) {
      return Future.succeededFuture(Optional.empty());
    }
    if (asker.isEmpty()) {
      say.accept(
          "nobody is here to be asked for the name and the password that "
              + site(params.path("request").path("url").asText())
              + " wants: the window stays where it is");
      return Future.succeededFuture(Optional.empty());
    }
    JsonNode challenge = params.path("authChallenge");
    return asker
        .get()
        .ask(
            window,
            new LoginQuestion(
                challenge.path("origin").asText(),
                shown(challenge.path("realm").asText()),
                challenge.path("source").asText().equals("Proxy"),
                told.get()))
        .onComplete(said -> answered(window.id(), said.succeeded() && said.result().isPresent()));
  }

  /** Without what changes how the words around it are read. */
  static String shown(String realm) {
    String plain = realm.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "");
    return plain.length() <= REALM_LENGTH ? plain : plain.substring(0, REALM_LENGTH) + "…";
  }

  private static String site(String url) {
    int path = url.indexOf('/', url.indexOf("://") + 3);
    return path < 0 ? url : url.substring(0, path);
  }
}
