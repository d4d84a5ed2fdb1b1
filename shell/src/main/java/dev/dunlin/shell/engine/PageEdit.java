package dev.dunlin.shell.engine;

/** What the items of an edit or view menu do to the page, whatever it shows. */
public enum PageEdit {
  UNDO,
  REDO,
  CUT,
  COPY,
  PASTE,
  DELETE,
  SELECT_ALL,
  RELOAD,
  ZOOM_IN,
  ZOOM_OUT,
  RESET_ZOOM
}
