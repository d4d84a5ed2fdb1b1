package dev.dunlin.installers;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A kind of files that an app brings with it: a line {@code file_associations[] =
 * application/x-note .note .nt A note}.
 *
 * @param type its MIME type
 * @param suffixes with their dot
 * @param description what people call it
 */
record FileAssociation(String type, List<String> suffixes, String description) {
  /** RFC 6838, 4.2. */
  static final Pattern MIME_TYPE =
      Pattern.compile(
          "[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}");

  /** Nothing of a glob, nor of XML. */
  private static final Pattern SUFFIX = Pattern.compile("\\.[A-Za-z0-9_+~-][A-Za-z0-9._+~-]{0,31}");

  /** Empty if the line is none. */
  static Optional<FileAssociation> of(String line) {
    String[] words = line.strip().split("\\s+");
    List<String> suffixes = new ArrayList<>();
    int at = 1;
    for (; at < words.length && words[at].startsWith("."); at++) {
      if (!SUFFIX.matcher(words[at]).matches()) {
        return Optional.empty();
      }
      suffixes.add(words[at]);
    }
    if (suffixes.isEmpty() || !MIME_TYPE.matcher(words[0]).matches()) {
      return Optional.empty();
    }
    String description =
        String.join(" ", List.of(words).subList(at, words.length)).replaceAll("\\p{Cntrl}", "");
    return Optional.of(
        new FileAssociation(
            words[0], List.copyOf(suffixes), description.isEmpty() ? words[0] : description));
  }

  /** The file that makes desktops know them (freedesktop shared MIME-info specification 0.21). */
  static String sharedMimeInfo(List<FileAssociation> all) {
    StringBuilder text =
        new StringBuilder(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                + "<mime-info xmlns=\"http://www.freedesktop.org/standards/shared-mime-info\">\n");
    for (FileAssociation one : all) {
      text.append("  <mime-type type=\"").append(escaped(one.type())).append("\">\n");
      text.append("    <comment>").append(escaped(one.description())).append("</comment>\n");
      one.suffixes()
          .forEach(suffix -> text.append("    <glob pattern=\"*").append(suffix).append("\"/>\n"));
      text.append("  </mime-type>\n");
    }
    return text.append("</mime-info>\n").toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
