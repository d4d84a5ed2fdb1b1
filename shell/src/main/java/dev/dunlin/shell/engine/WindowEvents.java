package dev.dunlin.shell.engine;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Vector;
import org.cef.CefClient;
import org.cef.CefSettings.LogSeverity;
import org.cef.browser.CefBrowser;
import org.cef.browser.CefFrame;
import org.cef.callback.CefBeforeDownloadCallback;
import org.cef.callback.CefContextMenuParams;
import org.cef.callback.CefDownloadItem;
import org.cef.callback.CefDownloadItemCallback;
import org.cef.callback.CefJSDialogCallback;
import org.cef.callback.CefMenuModel;
import org.cef.handler.CefContextMenuHandlerAdapter;
import org.cef.handler.CefDisplayHandlerAdapter;
import org.cef.handler.CefDownloadHandlerAdapter;
import org.cef.handler.CefFocusHandlerAdapter;
import org.cef.handler.CefJSDialogHandlerAdapter;
import org.cef.handler.CefKeyboardHandlerAdapter;
import org.cef.handler.CefLifeSpanHandlerAdapter;
import org.cef.handler.CefLoadHandlerAdapter;
import org.cef.misc.BoolRef;
import org.cef.network.CefRequest.TransitionType;

/** What happens in and to windows. Called on Chromium's UI thread. */
final class WindowEvents {
  private final EngineSettings settings;
  private final PageHost host;
  private final List<BrowserWindow> windows;

  WindowEvents(EngineSettings settings, PageHost host, List<BrowserWindow> windows) {
    this.settings = settings;
    this.host = host;
    this.windows = windows;
  }

  void register(CefClient client) {
    client.addDisplayHandler(new Display());
    client.addLifeSpanHandler(new LifeSpan());
    client.addLoadHandler(new Load());
    client.addContextMenuHandler(new ContextMenu());
    client.addDownloadHandler(new Downloads());
    client.addJSDialogHandler(new Looks());
    client.addKeyboardHandler(new Keys());
    client.addFocusHandler(new Focus());
  }

  private Optional<BrowserWindow> windowOf(CefBrowser browser) {
    return windows.stream().filter(window -> window.has(browser)).findFirst();
  }

  private final class Focus extends CefFocusHandlerAdapter {
    /**
     * Not while a dialog or a menu is open, nor when another window has been offered the keys
     * since. Chromium gives a page the keys as late as 100 ms after its window has got them: what
     * gets them meanwhile would lose them.
     */
    @Override
    public boolean onSetFocus(CefBrowser browser, FocusSource source) {
      return OpenDialog.last().isPresent()
          || windowOf(browser)
              .filter(
                  window ->
                      window.isBlurred()
                          || source == FocusSource.FOCUS_SOURCE_SYSTEM && window.isLeft())
              .isPresent();
    }

    @Override
    public void onGotFocus(CefBrowser browser) {
      windowOf(browser).ifPresent(BrowserWindow::hasFocus);
    }
  }

  /** Keys that neither the page nor Chromium has a use for. */
  private final class Keys extends CefKeyboardHandlerAdapter {
    private static final int ESCAPE = 27;

    @Override
    public boolean onKeyEvent(CefBrowser browser, CefKeyEvent event) {
      if (event.windows_key_code == ESCAPE
          && event.type == CefKeyEvent.EventType.KEYEVENT_RAWKEYDOWN) {
        windowOf(browser).ifPresent(BrowserWindow::escape);
      }
      return event.type == CefKeyEvent.EventType.KEYEVENT_RAWKEYDOWN
          && windowOf(browser)
              .filter(
                  window ->
                      window.takesKey(PageKeys.keyOf(event.windows_key_code, event.modifiers)))
              .isPresent();
    }
  }

  private int idOf(CefBrowser browser) {
    return RequestRouter.idOf(windows, browser);
  }

  /**
   * The page's side is {@code look} in ipc.ts: a dialog of text that no person sees. Answered
   * before this returns, in one task of the UI thread: else Chromium would drop what is typed
   * meanwhile.
   */
  private final class Looks extends CefJSDialogHandlerAdapter {
    private static final String MARK = "dunlin:look";

    @Override
    public boolean onJSDialog(
        CefBrowser browser,
        String origin,
        JSDialogType type,
        String message,
        String text,
        CefJSDialogCallback callback,
        BoolRef suppress) {
      int window = idOf(browser);
      if (window < 0 || type != JSDialogType.JSDIALOGTYPE_PROMPT || !MARK.equals(text)) {
        return false;
      }
      callback.Continue(true, host.look(window, origin, message));
      return true;
    }

    @Override
    public boolean onBeforeUnloadDialog(
        CefBrowser browser, String message, boolean reload, CefJSDialogCallback callback) {
      Optional<BrowserWindow> asked = windowOf(browser);
      if (asked.isEmpty()) {
        return false;
      }
      BrowserWindow window = asked.get();
      window.leavingIsAsked();
      host.leave(window.id(), reload)
          .onComplete(
              answer -> {
                boolean leaves = answer.succeeded() && answer.result();
                if (!leaves) {
                  window.stay();
                }
                callback.Continue(leaves, "");
              });
      return true;
    }
  }

  private final class Display extends CefDisplayHandlerAdapter {
    @Override
    public void onFullscreenModeChange(CefBrowser browser, boolean fullScreen) {
      windowOf(browser).ifPresent(window -> window.pageFills(fullScreen));
    }

    @Override
    public boolean onConsoleMessage(
        CefBrowser browser, LogSeverity severity, String message, String source, int line) {
      int window = idOf(browser);
      if (window >= 0) {
        host.console(window, levelOf(severity), message, source, line);
      }
      return true;
    }

    @Override
    public void onAddressChange(CefBrowser browser, CefFrame frame, String url) {
      if (frame.isMain()) {
        windows.stream().filter(one -> one.has(browser)).forEach(one -> one.shows(url));
      }
    }

    @Override
    public void onTitleChange(CefBrowser browser, String title) {
      int window = idOf(browser);
      if (window >= 0) {
        host.title(window, title);
      }
    }

    private PageHost.ConsoleLevel levelOf(LogSeverity severity) {
      return switch (severity) {
        case LOGSEVERITY_VERBOSE -> PageHost.ConsoleLevel.DEBUG;
        case LOGSEVERITY_WARNING -> PageHost.ConsoleLevel.WARNING;
        case LOGSEVERITY_ERROR, LOGSEVERITY_FATAL -> PageHost.ConsoleLevel.ERROR;
        default -> PageHost.ConsoleLevel.INFO;
      };
    }
  }

  private final class LifeSpan extends CefLifeSpanHandlerAdapter {
    @Override
    public boolean onBeforePopup(CefBrowser browser, CefFrame frame, String url, String frameName) {
      int window = idOf(browser);
      if (window >= 0) {
        host.popup(window, frame != null && frame.isMain(), url);
      }
      return true;
    }

    @Override
    public boolean doClose(CefBrowser browser) {
      if (windowOf(browser).filter(BrowserWindow::isClosing).isPresent()) {
        browser.setCloseAllowed();
      }
      return browser.doClose();
    }

    @Override
    public void onBeforeClose(CefBrowser browser) {
      for (BrowserWindow window : windows) {
        if (window.has(browser)) {
          window.pageClosed();
        }
      }
    }
  }

  private final class Load extends CefLoadHandlerAdapter {
    @Override
    public void onLoadStart(CefBrowser browser, CefFrame frame, TransitionType transition) {
      int window = idOf(browser);
      if (window >= 0 && frame.isMain()) {
        host.committed(window, frame.getURL());
      }
    }

    @Override
    public void onLoadEnd(CefBrowser browser, CefFrame frame, int status) {
      int window = idOf(browser);
      if (window >= 0 && frame.isMain()) {
        host.loaded(window, frame.getURL(), status);
      }
    }
  }

  /** JCEF shows no menu of Chromium's in a window on Linux: the shell does. */
  private final class ContextMenu extends CefContextMenuHandlerAdapter {
    /** Flags of CEF, in the order of their bits. */
    private static final List<PageEdit> EDITS =
        List.of(
            PageEdit.UNDO,
            PageEdit.REDO,
            PageEdit.CUT,
            PageEdit.COPY,
            PageEdit.PASTE,
            PageEdit.DELETE,
            PageEdit.SELECT_ALL);

    @Override
    public void onBeforeContextMenu(
        CefBrowser browser, CefFrame frame, CefContextMenuParams params, CefMenuModel menu) {
      Optional<BrowserWindow> asked = windowOf(browser);
      if (asked.isEmpty()) {
        // The developer tools' own.
        return;
      }
      menu.clear();
      EnumSet<PageEdit> possible = EnumSet.noneOf(PageEdit.class);
      for (int i = 0; i < EDITS.size(); i++) {
        if ((params.getEditStateFlags() & 1 << i) != 0) {
          possible.add(EDITS.get(i));
        }
      }
      Vector<String> suggestions = new Vector<>();
      params.getDictionarySuggestions(suggestions);
      String selected = params.getSelectionText();
      String misspelled = params.getMisspelledWord();
      PageMenu wanted =
          new PageMenu(
              params.isEditable(),
              selected != null && !selected.isEmpty(),
              possible,
              misspelled == null ? "" : misspelled,
              suggestions);
      asked.get().menuWanted(wanted);
    }
  }

  /** Nothing is written that the host has not accepted; {@link Download} holds the question. */
  private final class Downloads extends CefDownloadHandlerAdapter {
    // CEF UI thread only.
    private final Map<Integer, Download> open = new HashMap<>();

    @Override
    public boolean onBeforeDownload(
        CefBrowser browser,
        CefDownloadItem item,
        String suggestedName,
        CefBeforeDownloadCallback callback) {
      Download download = new Download(item.getURL(), suggestedName, callback);
      open.put(item.getId(), download);
      int window = idOf(browser);
      if (window >= 0) {
        // Where it began as a navigation, the router has forgotten the page's parked queries, and
        // told nobody: see docs/bridge.md.
        browser.getMainFrame().executeJavaScript("dispatchEvent(new Event('dunlin:park'))", "", 0);
        host.download(window, download);
      } else {
        download.cancel();
      }
      return true;
    }

    @Override
    public void onDownloadUpdated(
        CefBrowser browser, CefDownloadItem item, CefDownloadItemCallback callback) {
      Download download = open.get(item.getId());
      if (download == null) {
        // Chromium tells of one before it asks.
        return;
      }
      if (download.updated(item, callback)) {
        open.remove(item.getId());
      }
    }
  }
}
