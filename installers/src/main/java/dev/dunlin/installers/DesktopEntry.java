package dev.dunlin.installers;

import java.util.ArrayList;
import java.util.List;

/** The file that puts an app in the menus (freedesktop desktop entry specification 1.5). */
final class DesktopEntry {
  private DesktopEntry() {}

  /**
   * @param program absolute path of what starts the app
   */
  static String of(AppPackage app, String program) {
    List<String> mime = new ArrayList<>(app.mimeTypes());
    String protocol = app.config().meta().applicationProtocol();
    if (!protocol.isEmpty()) {
      mime.add("x-scheme-handler/" + protocol);
    }
    StringBuilder text = new StringBuilder("[Desktop Entry]\nType=Application\nVersion=1.5\n");
    line(text, "Name", app.title());
    line(text, "Comment", app.summary());
    // Of the characters of a program's name only these are its own in Exec.
    text.append("Exec=").append(program).append(" %U\n");
    line(text, "Icon", app.id());
    line(text, "StartupWMClass", app.id());
    text.append("Terminal=false\nStartupNotify=true\n");
    text.append("Categories=").append(String.join(";", app.categories())).append(";\n");
    if (!mime.isEmpty()) {
      text.append("MimeType=").append(String.join(";", mime)).append(";\n");
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String key, String value) {
    text.append(key).append('=').append(value.replace("\\", "\\\\")).append('\n');
  }
}
