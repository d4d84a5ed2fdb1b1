package dev.dunlin.installers;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Where desktops look for the picture of an app (freedesktop icon theme specification). */
final class Icon {
  private static final long PNG = 0x89504e470d0a1a0aL;

  /** Edges in pixels that the theme hicolor has folders for. */
  private static final Set<Integer> SIZES =
      Set.of(16, 22, 24, 32, 36, 48, 64, 72, 96, 128, 192, 256, 512);

  private static final int LOOKED_AT = 4096;

  private Icon() {}

  static boolean isIcon(Path file) {
    return isSvg(file) || edge(file) > 0;
  }

  /** The place below {@code /usr/share} for an icon of this name. */
  static String place(Path file, String name) {
    if (isSvg(file)) {
      return "icons/hicolor/scalable/apps/" + name + ".svg";
    }
    int edge = edge(file);
    return SIZES.contains(edge)
        ? "icons/hicolor/" + edge + "x" + edge + "/apps/" + name + ".png"
        : "pixmaps/" + name + ".png";
  }

  private static boolean isSvg(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(LOOKED_AT), StandardCharsets.UTF_8).contains("<svg");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Edge of a square PNG in pixels, its width if it is not square; 0: no PNG (RFC 2083, 3.2). */
  private static int edge(Path file) {
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      if (Files.size(file) < 24 || in.readLong() != PNG) {
        return 0;
      }
      in.readLong();
      int width = in.readInt();
      return width == in.readInt() || !SIZES.contains(width) ? width : width + 1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
