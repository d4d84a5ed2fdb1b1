package dev.dunlin.bridge;

import dev.dunlin.bridge.spi.BridgeError;
import java.util.Map;
import java.util.TreeMap;

/**
 * Every command that no policy decides: who may call it, and why it needs no permission. A command
 * that declares {@code ALWAYS} and does not stand here is refused when the app starts.
 */
public enum AlwaysAllowed {
  APPLICATION_CAPABILITIES(
      "application/capabilities", Callers.ANY, "tells what this machine has, and what is missing"),
  APPLICATION_CONFIG("application/config", Callers.ANY, "tells the app its own socket.ini"),
  APPLICATION_EXIT("application/exit", Callers.TOP, "ends the app (process.exit too)"),
  APPLICATION_SECURITY("application/security", Callers.ANY, "tells which walls stand"),
  APPLICATION_VERSIONS("application/versions", Callers.ANY, "tells what every page is told"),
  CONSOLE_WRITE("console/write", Callers.ANY, "prints, with control characters escaped"),
  WINDOW_ANSWER_CLOSE(
      "window/answerClose", Callers.TOP, "answers whether the caller's own window may close"),
  WINDOW_CLOSE("window/close", Callers.TOP, "closes the caller's own window"),
  WINDOW_END_DRAG("window/endDrag", Callers.TOP, "the caller's own window stays where it is"),
  WINDOW_FOCUS("window/focus", Callers.TOP, "brings the caller's own window to the front"),
  WINDOW_HIDE("window/hide", Callers.TOP, "hides the caller's own window"),
  WINDOW_HOLD_CLOSE(
      "window/holdClose", Callers.TOP, "asks to be asked before the caller's own window closes"),
  WINDOW_INFO("window/info", Callers.ANY, "tells the caller's own window's title, place and size"),
  WINDOW_MAXIMIZE("window/maximize", Callers.TOP, "sizes the caller's own window"),
  WINDOW_MINIMIZE("window/minimize", Callers.TOP, "sizes the caller's own window"),
  WINDOW_RESTORE("window/restore", Callers.TOP, "sizes the caller's own window"),
  WINDOW_SET_BACKGROUND_COLOR(
      "window/setBackgroundColor", Callers.TOP, "colours the caller's own window"),
  WINDOW_SET_BOUNDS("window/setBounds", Callers.TOP, "sizes the caller's own window"),
  WINDOW_SET_POSITION("window/setPosition", Callers.TOP, "moves the caller's own window"),
  WINDOW_SET_RESIZABLE(
      "window/setResizable", Callers.TOP, "lets the person size the caller's own window"),
  WINDOW_SET_SIZE("window/setSize", Callers.TOP, "sizes the caller's own window"),
  WINDOW_SET_TITLE("window/setTitle", Callers.TOP, "names the caller's own window"),
  WINDOW_SHOW("window/show", Callers.TOP, "shows the caller's own window"),
  WINDOW_START_DRAG(
      "window/startDrag", Callers.TOP, "the caller's own window follows the pressed mouse"),
  WINDOW_SHOW_INSPECTOR("window/showInspector", Callers.TOP, "opens the developer's tools");

  /** Which documents may call a command that no policy decides. */
  public enum Callers {
    /** Every document and worker of the app. */
    ANY,
    /** The document of a window's top frame, and its dedicated workers: no nested frame. */
    TOP;

    /**
     * @throws BridgeError {@code ERR_ACCESS_DENIED}
     */
    void requireFor(RunningCall call) {
      if (this == TOP && !call.top) {
        throw new BridgeError(
            "NotAllowedError",
            "ERR_ACCESS_DENIED",
            call.url
                + " is for the document of the window's top frame, not for a nested frame or a"
                + " shared worker: let the top document call it, asked by postMessage. No policy"
                + " changes that");
      }
    }
  }

  private final String command;
  private final Callers callers;
  private final String reason;

  AlwaysAllowed(String command, Callers callers, String reason) {
    this.command = command;
    this.callers = callers;
    this.reason = reason;
  }

  /** Module and function: the URL without its scheme. */
  public String command() {
    return command;
  }

  public Callers callers() {
    return callers;
  }

  /** What it does, that it may be called without permission. */
  public String reason() {
    return reason;
  }

  static Map<String, Callers> byCommand() {
    Map<String, Callers> all = new TreeMap<>();
    for (AlwaysAllowed one : values()) {
      all.put(one.command, one.callers);
    }
    return all;
  }
}
