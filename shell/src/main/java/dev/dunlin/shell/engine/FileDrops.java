package dev.dunlin.shell.engine;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.Component;
import java.awt.Frame;
import java.awt.Point;
import java.awt.datatransfer.DataFlavor;
import java.awt.datatransfer.Transferable;
import java.awt.datatransfer.UnsupportedFlavorException;
import java.awt.dnd.DnDConstants;
import java.awt.dnd.DropTarget;
import java.awt.dnd.DropTargetDragEvent;
import java.awt.dnd.DropTargetDropEvent;
import java.awt.dnd.DropTargetEvent;
import java.awt.dnd.DropTargetListener;
import java.io.File;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.swing.SwingUtilities;

/**
 * Files that a person drags from another program over a window of ours. Many programs (Java's among
 * them) look at the outermost window only, which is AWT's, and there Chromium hears nothing (cef
 * #1418): AWT takes the drag, and Chromium is told of it by the DevTools protocol, so that the page
 * has the drag events that it knows.
 *
 * <p><i>Thread:</i> event dispatch.
 */
final class FileDrops implements DropTargetListener {
  /** Files of one drop. Over: the drop is refused. */
  static final int FILES = 512;

  /** Of the DevTools protocol: the page may copy, and nothing else. */
  private static final int COPY = 1;

  /**
   * What the page is told to be coming while it is not dropped: only then is it known. That it is
   * files is all that a page sees of it.
   */
  private static final List<Path> UNKNOWN = List.of(Path.of("/dev/null"));

  private final Component page;
  private final Scale scale;
  private final Supplier<PageProtocol> protocol;
  private final Consumer<List<Path>> dropped;

  /** Whether Chromium has not answered the last movement: then it hears of the next one. */
  private boolean moving;

  private FileDrops(
      Component page, Scale scale, Supplier<PageProtocol> protocol, Consumer<List<Path>> dropped) {
    this.page = page;
    this.scale = scale;
    this.protocol = protocol;
    this.dropped = dropped;
  }

  /**
   * Takes them from now on.
   *
   * @param dropped gets what was dropped before the page hears of it
   */
  static void on(
      Frame frame,
      Component page,
      Scale scale,
      Supplier<PageProtocol> protocol,
      Consumer<List<Path>> dropped) {
    frame.setDropTarget(
        new DropTarget(
            frame, DnDConstants.ACTION_COPY, new FileDrops(page, scale, protocol, dropped), true));
  }

  @Override
  public void dragEnter(DropTargetDragEvent drag) {
    if (answer(drag)) {
      tell(
          "dragEnter", at(drag.getDropTargetContext().getComponent(), drag.getLocation()), UNKNOWN);
    }
  }

  @Override
  public void dragOver(DropTargetDragEvent drag) {
    if (answer(drag) && !moving) {
      moving = true;
      tell("dragOver", at(drag.getDropTargetContext().getComponent(), drag.getLocation()), UNKNOWN);
    }
  }

  private static boolean answer(DropTargetDragEvent drag) {
    if (drag.isDataFlavorSupported(DataFlavor.javaFileListFlavor)) {
      drag.acceptDrag(DnDConstants.ACTION_COPY);
      return true;
    }
    drag.rejectDrag();
    return false;
  }

  @Override
  public void dropActionChanged(DropTargetDragEvent drag) {
    answer(drag);
  }

  @Override
  public void dragExit(DropTargetEvent drag) {
    tell("dragCancel", new Point(0, 0), UNKNOWN);
  }

  @Override
  public void drop(DropTargetDropEvent drop) {
    if (!drop.isDataFlavorSupported(DataFlavor.javaFileListFlavor)) {
      drop.rejectDrop();
      return;
    }
    Point at = at(drop.getDropTargetContext().getComponent(), drop.getLocation());
    drop.acceptDrop(DnDConstants.ACTION_COPY);
    List<Path> files = paths(drop.getTransferable());
    boolean taken = !files.isEmpty() && files.size() <= FILES;
    if (taken) {
      dropped.accept(files);
      tell("dragEnter", at, files);
      tell("dragOver", at, files);
      tell("drop", at, files);
    } else {
      tell("dragCancel", at, UNKNOWN);
    }
    drop.dropComplete(taken);
  }

  /** None if not all of them came. */
  static List<Path> paths(Transferable dropped) {
    try {
      List<Path> paths = new ArrayList<>();
      for (Object file : (List<?>) dropped.getTransferData(DataFlavor.javaFileListFlavor)) {
        paths.add(((File) file).toPath().toAbsolutePath().normalize());
      }
      return paths;
    } catch (UnsupportedFlavorException | IOException | InvalidPathException e) {
      // The other program has changed its mind, has ended, or gives what is no path.
      System.getLogger(FileDrops.class.getName())
          .log(System.Logger.Level.DEBUG, "what was dropped did not come", e);
      return List.of();
    }
  }

  private Point at(Component over, Point point) {
    return scale.toCss(SwingUtilities.convertPoint(over, point, page));
  }

  private void tell(String type, Point at, List<Path> files) {
    ObjectNode parameters = PageProtocol.object();
    parameters.put("type", type).put("x", at.x).put("y", at.y);
    ObjectNode data = parameters.putObject("data");
    data.putArray("items");
    data.put("dragOperationsMask", COPY);
    ArrayNode names = data.putArray("files");
    files.forEach(file -> names.add(file.toString()));
    try {
      protocol.get().call("Input.dispatchDragEvent", parameters).onComplete(told -> moving = false);
    } catch (EngineException gone) {
      // The page is not there, or no more: there is nobody to drop on.
      moving = false;
    }
  }
}
