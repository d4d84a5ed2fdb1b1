package dev.dunlin.shell.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.Body;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.ByteSource;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import io.vertx.core.Future;
import java.awt.Graphics2D;
import java.awt.Image;
import java.awt.datatransfer.Clipboard;
import java.awt.datatransfer.DataFlavor;
import java.awt.datatransfer.StringSelection;
import java.awt.datatransfer.Transferable;
import java.awt.datatransfer.UnsupportedFlavorException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** {@code ipc://clipboard/…}: text, HTML and pictures of the system's clipboard. */
final class ClipboardModule implements CommandModule {
  /** Longest picture that is written, in bytes. Over: {@code ERR_CLIPBOARD_TOO_LARGE}. */
  static final int IMAGE_BYTES = 64 << 20;

  /** Points of a picture that is read or written. Over: {@code ERR_CLIPBOARD_TOO_LARGE}. */
  static final long IMAGE_POINTS = 64L << 20;

  private static final String PNG = "png";

  private final boolean allowed;
  private final Supplier<Clipboard> clipboard;

  /**
   * @param allowed whether {@code [permissions] allow_clipboard} leaves it
   * @param clipboard asked at each call
   */
  ClipboardModule(boolean allowed, Supplier<Clipboard> clipboard) {
    this.allowed = allowed;
    this.clipboard = clipboard;
  }

  @Override
  public String name() {
    return "clipboard";
  }

  @Override
  public List<Command> commands() {
    return List.of(
        command("readText", call -> data(read(DataFlavor.stringFlavor))),
        command("readHTML", call -> data(read(DataFlavor.allHtmlFlavor))),
        command("readImage", call -> image()),
        command("writeText", call -> write(new StringSelection(text(call, "text")))),
        command(
            "writeHTML",
            call ->
                write(
                    new Offered(
                        Map.of(
                            DataFlavor.allHtmlFlavor, text(call, "html"),
                            DataFlavor.stringFlavor, text(call, "text"))))),
        command(
            "writeImage",
            call -> write(new Offered(Map.of(DataFlavor.imageFlavor, picture(call))))));
  }

  /** Another program may take its time with the answer, so none of this is for the event loop. */
  private Command command(String function, Work work) {
    return new Command(
        function,
        new Command.Resource.None(),
        Command.Permission.POLICY,
        Command.RunsOn.WORKER,
        call -> {
          if (!allowed) {
            throw new BridgeError(
                "NotAllowedError",
                "ERR_CLIPBOARD_NOT_ALLOWED",
                "socket.ini has [permissions] allow_clipboard = false");
          }
          try {
            return Future.succeededFuture(work.of(call));
          } catch (IllegalStateException e) {
            throw new BridgeError(
                "OperationError",
                "ERR_CLIPBOARD_BUSY",
                "another program holds the clipboard: try again");
          } catch (IOException e) {
            throw new BridgeError(
                "OperationError",
                "ERR_CLIPBOARD_READ",
                "the program that has filled the clipboard does not hand it over: "
                    + e.getMessage());
          }
        });
  }

  private interface Work {
    Reply of(Call call) throws IOException;
  }

  private static Reply data(Optional<Object> value) {
    return new Reply.Data(value.orElse(null));
  }

  /** Empty if there is no such thing, or if the program that had it has gone. */
  private Optional<Object> read(DataFlavor flavor) throws IOException {
    Transferable contents = clipboard.get().getContents(null);
    if (contents == null || !contents.isDataFlavorSupported(flavor)) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(contents.getTransferData(flavor));
    } catch (UnsupportedFlavorException e) {
      // It was there a moment ago: somebody else has filled it meanwhile.
      return Optional.empty();
    }
  }

  private Reply image() throws IOException {
    Optional<Object> found = read(DataFlavor.imageFlavor);
    if (found.isEmpty()) {
      return new Reply.Bytes(ByteSource.of(new byte[0]), 0, "image/png", Map.of());
    }
    Image image = (Image) found.get();
    bounded(image.getWidth(null), image.getHeight(null));
    BufferedImage drawn = image instanceof BufferedImage buffered ? buffered : drawn(image);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(drawn, PNG, png);
    return new Reply.Bytes(ByteSource.of(png.toByteArray()), png.size(), "image/png", Map.of());
  }

  private static BufferedImage drawn(Image image) {
    BufferedImage drawn =
        new BufferedImage(image.getWidth(null), image.getHeight(null), BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = drawn.createGraphics();
    graphics.drawImage(image, 0, 0, null);
    graphics.dispose();
    return drawn;
  }

  private Reply write(Transferable contents) {
    clipboard.get().setContents(contents, null);
    return Reply.NOTHING;
  }

  private static BufferedImage picture(Call call) throws IOException {
    Body body = call.body().orElseThrow(() -> invalid("it needs a body: the bytes of a PNG"));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] piece = body.next(); piece.length > 0; piece = body.next()) {
      bytes.write(piece);
      if (bytes.size() > IMAGE_BYTES) {
        throw tooLarge("a picture has at most " + IMAGE_BYTES + " bytes");
      }
    }
    // A small file may be a huge picture: its size is looked at first.
    try (ImageInputStream in =
        ImageIO.createImageInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw invalid("the body is no PNG, JPEG, GIF or BMP");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        bounded(reader.getWidth(0), reader.getHeight(0));
        return reader.read(0);
      } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
        throw invalid("the picture can't be read: " + e.getMessage());
      } finally {
        reader.dispose();
      }
    }
  }

  private static void bounded(int width, int height) {
    if ((long) width * height > IMAGE_POINTS) {
      throw tooLarge(
          "a picture has at most " + IMAGE_POINTS + " points, this is " + width + " x " + height);
    }
  }

  private static String text(Call call, String name) {
    return call.param(name)
        .filter(JsonNode::isTextual)
        .map(JsonNode::textValue)
        .orElseThrow(() -> invalid("it needs " + name + ", a text"));
  }

  private static BridgeError tooLarge(String message) {
    return new BridgeError("RangeError", "ERR_CLIPBOARD_TOO_LARGE", message);
  }

  private static BridgeError invalid(String message) {
    return new BridgeError("TypeError", "ERR_INVALID_CALL", message);
  }

  /** One thing in several forms. */
  private static final class Offered implements Transferable {
    private final Map<DataFlavor, Object> forms;

    Offered(Map<DataFlavor, Object> forms) {
      this.forms = new LinkedHashMap<>(forms);
    }

    @Override
    public DataFlavor[] getTransferDataFlavors() {
      return forms.keySet().toArray(DataFlavor[]::new);
    }

    @Override
    public boolean isDataFlavorSupported(DataFlavor flavor) {
      return forms.containsKey(flavor);
    }

    @Override
    public Object getTransferData(DataFlavor flavor) throws UnsupportedFlavorException {
      if (!forms.containsKey(flavor)) {
        throw new UnsupportedFlavorException(flavor);
      }
      return forms.get(flavor);
    }
  }
}
