package dev.dunlin.shell.app;

import dev.dunlin.shell.engine.PageEdit;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What an item does by itself. {@code {label: 'Beenden', role: 'quit'}} names one; the items of an
 * edit menu have theirs by their English label too, as in the reference.
 */
enum MenuRole {
  UNDO("undo", PageEdit.UNDO),
  REDO("redo", PageEdit.REDO),
  CUT("cut", PageEdit.CUT),
  COPY("copy", PageEdit.COPY),
  PASTE("paste", PageEdit.PASTE),
  DELETE("delete", PageEdit.DELETE),
  SELECT_ALL("selectAll", PageEdit.SELECT_ALL),
  RELOAD("reload", PageEdit.RELOAD),
  ZOOM_IN("zoomIn", PageEdit.ZOOM_IN),
  ZOOM_OUT("zoomOut", PageEdit.ZOOM_OUT),
  RESET_ZOOM("resetZoom", PageEdit.RESET_ZOOM),
  TOGGLE_DEV_TOOLS("toggleDevTools", null),
  MINIMIZE("minimize", null),
  ZOOM("zoom", null),
  CLOSE("close", null),
  QUIT("quit", null);

  private static final Map<String, MenuRole> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toMap(role -> lower(role.written), role -> role));

  private static final Map<String, MenuRole> BY_LABEL =
      Map.of(
          "undo",
          UNDO,
          "redo",
          REDO,
          "cut",
          CUT,
          "copy",
          COPY,
          "paste",
          PASTE,
          "delete",
          DELETE,
          "select all",
          SELECT_ALL);

  private final String written;
  private final Optional<PageEdit> edit;

  MenuRole(String written, PageEdit edit) {
    this.written = written;
    this.edit = Optional.ofNullable(edit);
  }

  /** The name that a page writes. */
  String written() {
    return written;
  }

  /** What it does to the page; empty for what it does to the window or the app. */
  Optional<PageEdit> edit() {
    return edit;
  }

  /** Whether Chromium does the same at the usual key, without us. */
  boolean isOfTheEngine() {
    return BY_LABEL.containsValue(this);
  }

  static Optional<MenuRole> named(String name) {
    return Optional.ofNullable(BY_NAME.get(lower(name)));
  }

  static Optional<MenuRole> labelled(String label) {
    return Optional.ofNullable(BY_LABEL.get(lower(label)));
  }

  static String names() {
    return Arrays.stream(values()).map(MenuRole::written).collect(Collectors.joining(", "));
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
