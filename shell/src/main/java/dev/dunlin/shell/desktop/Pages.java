package dev.dunlin.shell.desktop;

/** The app's windows, as the desktop speaks to them. */
public interface Pages {
  /** Any window: its first. */
  int FIRST = -1;

  /** Tells a window's page an event; nothing where there is no such window. */
  void emit(int window, String event, Object detail);

  /** Whether there is such a window now. Ids are not given out again. */
  boolean isOpen(int window);

  /** Brings a window before the person's eyes. */
  void toFront(int window);
}
