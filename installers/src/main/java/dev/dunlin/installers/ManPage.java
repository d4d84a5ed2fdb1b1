package dev.dunlin.installers;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.zip.GZIPOutputStream;

/** The page that {@code man} shows of an app. */
final class ManPage {
  private ManPage() {}

  static byte[] of(AppPackage app, Instant time) throws IOException {
    return gzip(
        ".TH "
            + roff(app.name().toUpperCase(java.util.Locale.ROOT))
            + " 1 "
            + time.atZone(ZoneOffset.UTC).toLocalDate()
            + " \""
            + roff(app.config().meta().version())
            + "\"\n.SH NAME\n"
            + roff(app.name())
            + " \\- "
            + roff(app.summary())
            + "\n.SH SYNOPSIS\n.B "
            + roff(app.name())
            + "\n.RI [ file-or-link ...]\n.SH DESCRIPTION\n"
            + roff(app.title())
            + ": "
            + roff(app.summary())
            + "\n.PP\nIf it is running already, the running one gets the files and links.\n");
  }

  static String roff(String text) {
    return text.replace("\\", "\\e")
        .replace("-", "\\-")
        .replace("'", "\\(aq")
        .replace("\"", "\\(dq");
  }

  /** Without a time in its header. */
  static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
