package dev.dunlin.shell.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.shell.engine.BrowserWindow;
import io.vertx.core.Future;
import java.awt.Image;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * {@code ipc://window/setIcon}, and {@code icon} of {@code ipc://window/create/}: a picture among
 * the app's files in place of the one of {@code socket.ini}.
 */
final class WindowIcons {
  /** Longest side of an icon, in pixels. Over: {@code ERR_INVALID_CALL}. */
  static final int SIDE_PX = 1024;

  private final IntFunction<Optional<BrowserWindow>> windows;
  private final Function<String, Optional<Path>> files;

  /**
   * @param files those of the app by the path of their URL
   */
  WindowIcons(
      IntFunction<Optional<BrowserWindow>> windows, Function<String, Optional<Path>> files) {
    this.windows = windows;
    this.files = files;
  }

  Command command() {
    return new Command(
        "setIcon",
        new Command.Resource.None(),
        Command.Permission.POLICY,
        Command.RunsOn.WORKER,
        call -> {
          BrowserWindow window = PageServices.windowOf(windows, call);
          window.setIcon(
              asked(call).orElseThrow(() -> WindowParams.invalid("setIcon needs icon, a path")));
          return Future.succeededFuture(Reply.NOTHING);
        });
  }

  /** The picture that a call names, read. Blocks. */
  Optional<Image> asked(Call call) {
    return call.param("icon").map(JsonNode::asText).map(this::read);
  }

  private Image read(String url) {
    Path file =
        files
            .apply(url.startsWith("/") ? url.substring(1) : url)
            .orElseThrow(
                () ->
                    new BridgeError("NotFoundError", "ENOENT", "icon: the app has no file " + url));
    try {
      return read(file.toFile());
    } catch (IOException e) {
      throw WindowParams.invalid("icon: " + url + " is no PNG, JPEG or GIF picture");
    }
  }

  /** Its size is known before its points are: a small file may hold a very large picture. */
  static Image read(File file) throws IOException {
    try (ImageInputStream in = ImageIO.createImageInputStream(file)) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new IOException("no picture");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in);
        if (reader.getWidth(0) > SIDE_PX || reader.getHeight(0) > SIDE_PX) {
          throw WindowParams.invalid("icon: at most " + SIDE_PX + " pixels wide and high");
        }
        return reader.read(0);
      } finally {
        reader.dispose();
      }
    }
  }
}
