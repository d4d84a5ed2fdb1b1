package dev.dunlin.e2e;

import static dev.dunlin.e2e.Feature.Elsewhere.ABSENT;
import static dev.dunlin.e2e.Feature.Elsewhere.WRITTEN;

/**
 * What a person expects of a desktop runtime: the rows of the README's table that is made from the
 * tests ({@link Shows}), after the rows by which the field compares itself. One that no test shows
 * is absent; of some the host's side alone is tested.
 */
public enum Feature {
  SEVERAL_WINDOWS("several windows", WRITTEN),
  SEVERAL_VIEWS("several web views in one window", ABSENT),
  FRAMELESS("frameless windows", WRITTEN),
  DRAG_REGION("drag regions by CSS", WRITTEN),
  TRANSPARENT("transparent windows", ABSENT),
  FULL_SCREEN("full screen", WRITTEN),
  KIOSK("kiosk", WRITTEN),
  MODAL("modal windows", WRITTEN),
  WINDOW_MEMORY("windows where they were", WRITTEN),
  ALWAYS_ON_TOP("always on top", WRITTEN),
  WINDOW_ICON("an icon of a window's own", WRITTEN),
  CLOSE_REFUSED("a page may refuse to close", WRITTEN),
  WINDOW_MESSAGES("messages between windows", WRITTEN),
  THEME("dark and light, live", ABSENT),
  FRACTIONAL_SCALE("HiDPI and fractional scale", WRITTEN),
  APP_MENU("application menu, accelerators, mnemonics", WRITTEN),
  CONTEXT_MENU("context menus", WRITTEN),
  TRAY("tray with menu and tooltip", ABSENT),
  BADGE("badge and progress", ABSENT, "PlaceTest"),
  MESSAGE_BOX("message boxes", WRITTEN),
  FILE_DIALOG("file and folder dialogs", WRITTEN),
  PORTAL("dialogs of the desktop portal", ABSENT),
  NOTIFICATIONS("notifications with actions", ABSENT),
  WORKER_NOTIFICATIONS("notifications of service workers", ABSENT),
  CLIPBOARD("clipboard: text, HTML, pictures", WRITTEN),
  DRAG_IN("files dragged in", WRITTEN),
  DRAG_OUT("files dragged out", WRITTEN),
  GLOBAL_SHORTCUTS("global shortcuts", ABSENT),
  DEEP_LINKS("deep links", WRITTEN),
  FILE_ASSOCIATIONS("file associations", WRITTEN),
  SINGLE_INSTANCE("single instance", WRITTEN),
  OPEN_EXTERNAL("links opened outside", WRITTEN),
  REVEAL("reveal in folder", ABSENT, "PlaceTest"),
  AUTOSTART("autostart", ABSENT, "PlaceTest"),
  POWER("sleep and power events, screen kept on", ABSENT),
  SCREENS("screens", WRITTEN),
  PRINT("print, with and without a dialog", ABSENT),
  PDF("print to PDF", WRITTEN),
  FIND("find in page", WRITTEN),
  ZOOM("zoom", WRITTEN),
  SCREENSHOT("picture of the page", WRITTEN),
  DOWNLOADS("downloads: progress, pause, cancel", WRITTEN),
  COOKIES("cookies and stored data", WRITTEN),
  PARTITIONS("partitions, incognito", ABSENT),
  REQUEST_INTERCEPTION("requests of pages intercepted", ABSENT),
  PROXY("proxy", WRITTEN),
  USER_AGENT("user agent", WRITTEN),
  PERMISSIONS("permission prompts, remembered", WRITTEN),
  CERTIFICATES("certificate errors refused, and why", WRITTEN),
  HTTP_AUTH("HTTP authentication prompt", WRITTEN),
  BLUETOOTH_CHOOSER("Bluetooth chooser", ABSENT),
  USB("USB, HID and serial choosers", ABSENT),
  DEVTOOLS("DevTools", WRITTEN),
  SPELL_CHECK("spell check", WRITTEN),
  ACCESSIBILITY("pages read by screen readers (AT-SPI)", WRITTEN),
  DEAD_KEYS("dead keys, Compose key (x86-64)", WRITTEN),
  IME("input methods (x86-64)", WRITTEN),
  FOCUS("Alt-Tab, clicks, keys in dialogs", WRITTEN),
  FOCUS_KEYS("Tab and Escape", WRITTEN),
  CHROME_EXTENSIONS("Chrome's extensions", ABSENT),
  CRASH_REPORTS("crash reports sent", ABSENT);

  /** On macOS and Windows. */
  enum Elsewhere {
    WRITTEN("written, not tested"),
    ABSENT("absent");

    final String text;

    Elsewhere(String text) {
      this.text = text;
    }
  }

  final String row;
  final Elsewhere elsewhere;

  /** The test of the host's side; empty if a page's is tested, or nothing. */
  final String hostTest;

  Feature(String row, Elsewhere elsewhere) {
    this(row, elsewhere, "");
  }

  Feature(String row, Elsewhere elsewhere, String hostTest) {
    this.row = row;
    this.elsewhere = elsewhere;
    this.hostTest = hostTest;
  }
}
