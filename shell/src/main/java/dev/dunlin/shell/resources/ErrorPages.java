package dev.dunlin.shell.resources;

import dev.dunlin.shell.resources.ErrorPage.Fact;
import dev.dunlin.shell.resources.ErrorPage.Reload;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Every page that Dunlin shows in place of the app's own. */
public final class ErrorPages {
  /** Time between two tries of a page that waits for a dev server. */
  private static final int AGAIN_SECONDS = 3;

  private ErrorPages() {}

  /**
   * 404.
   *
   * @param path the URL's path
   * @param lookedFor the place on disk, for a person
   * @param why a clause without a full stop
   */
  public static ErrorPage notFound(String path, String lookedFor, String why) {
    return page(
        404,
        "There is nothing at this address",
        "The app has no file for it: " + why + ".",
        List.of(new Fact("Address", path), new Fact("Looked for", lookedFor)),
        "Check the spelling, capitals included, and that [build] copy in socket.ini names the folder"
            + " that holds the file.");
  }

  /** 404 for a path that is never looked up, 400 for one that cannot be read. */
  public static ErrorPage refused(int status, String path, String why) {
    return page(
        status,
        status == 400 ? "The address cannot be read" : "There is nothing at this address",
        "It was not looked for: " + why + ".",
        List.of(new Fact("Address", path)),
        "Give the file a plain name and write the address with encodeURIComponent, name by name.");
  }

  /** 404 for the start page, or a folder without one. */
  public static ErrorPage noIndex(String path, String lookedFor) {
    return page(
        404,
        path.equals("/") ? "The app has no start page" : "This folder has no index page",
        "The page that stands for this address does not exist.",
        List.of(new Fact("Address", path), new Fact("Looked for", lookedFor)),
        "Create that file, or name another start page with default_index in the [webview] section"
            + " of socket.ini, or check that [build] copy names the right folder.");
  }

  /** 403. */
  public static ErrorPage unreadable(String path, String lookedFor) {
    return page(
        403,
        "This file may not be read",
        "It exists, but the system does not let your user read it.",
        List.of(new Fact("Address", path), new Fact("File", lookedFor)),
        "Change its owner or its mode, for example with chmod u+r.");
  }

  /** 403 for a file of an installed app that was changed, added or taken away. */
  public static ErrorPage altered(String path, String file, String why) {
    return page(
        403,
        "The app is damaged",
        "A file of it is not as it was installed: " + why + ". It is not used.",
        List.of(new Fact("Address", path), new Fact("File", file)),
        "Install the app again.");
  }

  /** 403 for a request that comes from somewhere else. */
  public static ErrorPage forbidden(String address, String explanation) {
    return page(
        403,
        "This is not yours to read",
        explanation,
        List.of(new Fact("Address", address)),
        "Ask from a page of the app itself.");
  }

  /** 405. */
  public static ErrorPage method(String method, String path) {
    return page(
        405,
        "The app's files can only be read",
        "A file of the app answers GET, HEAD and OPTIONS.",
        List.of(new Fact("Method", method), new Fact("Address", path)),
        "To write a file, use writeFile of socket:fs/promises with a path in the app's data folder.");
  }

  /** 404 for a URL that is neither the app's nor a module's. */
  public static ErrorPage elsewhere(String url) {
    return page(
        404,
        "This address is not the app's",
        "The request reached the app's files, but its host, port or scheme is another.",
        List.of(new Fact("Address", url)),
        "Use a path that starts with a slash, or the app's own origin, location.origin.");
  }

  /** 414. */
  public static ErrorPage tooLong(int lengthLimit) {
    return page(
        414,
        "The address is too long",
        "It has more than " + lengthLimit + " characters.",
        List.of(),
        "Send what is long by the bridge, or keep it in the page.");
  }

  /** 500 for a page too large to be read for its policies. */
  public static ErrorPage documentTooLarge(String path, long sizeBytes, long limitBytes) {
    return page(
        500,
        "The page is too large",
        "Dunlin reads an HTML page for its <meta> policies before it is shown, up to a limit.",
        List.of(
            new Fact("Address", path),
            new Fact("Size", sizeBytes + " bytes"),
            new Fact("Limit", limitBytes + " bytes")),
        "Move data out of the page into files that it fetches.");
  }

  /** 500. */
  public static ErrorPage fault(String path, String message) {
    return page(
        500,
        "The file could not be read",
        "The system reported a fault.",
        List.of(new Fact("Address", path), new Fact("Fault", message)),
        "Check the disk, and how many files are open; then reload.");
  }

  /** 404 while the app's folder is missing. */
  public static ErrorPage folderGone(String root) {
    return page(
        404,
        "The app's folder is gone",
        "It was there when the app started. It has been deleted, renamed or unmounted since.",
        List.of(new Fact("Folder", root)),
        "Put it back and reload, or close this window.");
  }

  /**
   * 502: nothing answers at the dev server.
   *
   * @param server its address
   * @param page the page of the app that was asked for, which tries it again by itself
   */
  public static ErrorPage devServerClosed(String server, String page) {
    return devServer(
        502,
        "The dev server does not answer",
        "Nothing listens there: the server that --host or --port names, or that [webview] dev_command started, is not running.",
        List.of(new Fact("Address", server)),
        "Start the dev server. This page tries again every " + AGAIN_SECONDS + " seconds.",
        page);
  }

  /**
   * 504: the dev server takes too long.
   *
   * @param server its address
   * @param page the page of the app that was asked for, which tries it again by itself
   */
  public static ErrorPage devServerSlow(String server, String page, Duration limit) {
    return devServer(
        504,
        "The dev server is too slow",
        "It took the request and did not answer within " + limit.toMillis() / 1000.0 + " s.",
        List.of(new Fact("Address", server)),
        "Look at its output: it may be building still, or be stuck. This page tries again every "
            + AGAIN_SECONDS
            + " seconds.",
        page);
  }

  /**
   * 502: the dev server says what cannot be passed on.
   *
   * @param server its address
   * @param page the page of the app that was asked for
   * @param fault what is wrong, a clause without a full stop
   */
  public static ErrorPage devServerFault(String server, String page, String fault, String advice) {
    return devServer(
        502,
        "The dev server's answer is of no use",
        "It answered, but not with what can be shown: " + fault + ".",
        List.of(new Fact("Address", server)),
        advice,
        page);
  }

  private static ErrorPage devServer(
      int status, String title, String explanation, List<Fact> facts, String advice, String page) {
    return new ErrorPage(
        status, title, explanation, facts, advice, Optional.of(new Reload(page, AGAIN_SECONDS)));
  }

  /** 413 for a request that is too long for a dev server. */
  public static ErrorPage bodyTooLarge(String address, long limitBytes) {
    return page(
        413,
        "The request is too large",
        "Dunlin passes a request body on whole, up to a limit.",
        List.of(new Fact("Address", address), new Fact("Limit", limitBytes + " bytes")),
        "Send it in parts.");
  }

  /**
   * 500: the process that showed a page ended.
   *
   * @param url the page, loaded again by itself
   * @param why what Chromium says, such as a signal or an exit code
   * @param afterSeconds when it is loaded again; 0 if only the reader decides, so that a page that
   *     crashes at once does not do so for ever
   */
  public static ErrorPage rendererCrashed(String url, String why, int afterSeconds) {
    return new ErrorPage(
        500,
        "This page has crashed",
        "The process that showed it has ended.",
        List.of(new Fact("Page", url), new Fact("Reason", why)),
        afterSeconds > 0
            ? "It is loaded again in " + afterSeconds + " seconds."
            : "It has crashed more than once, so it is not loaded again by itself.",
        url.startsWith("https://") || url.startsWith("http://")
            ? Optional.of(new Reload(url, afterSeconds))
            : Optional.empty());
  }

  private static ErrorPage page(
      int status, String title, String explanation, List<Fact> facts, String advice) {
    return new ErrorPage(status, title, explanation, facts, advice, Optional.empty());
  }
}
