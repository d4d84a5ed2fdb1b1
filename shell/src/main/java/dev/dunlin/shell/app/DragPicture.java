package dev.dunlin.shell.app;

import dev.dunlin.shell.engine.Scale;
import io.vertx.core.Future;
import java.awt.Color;
import java.awt.EventQueue;
import java.awt.Frame;
import java.awt.Image;
import java.awt.MouseInfo;
import java.awt.PointerInfo;
import java.awt.Window;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.swing.BorderFactory;
import javax.swing.ImageIcon;
import javax.swing.JLabel;
import javax.swing.JWindow;
import javax.swing.Timer;

/**
 * What is seen of files while they are dragged: a picture, or their name, beside the pointer and
 * never below it, where it would be in the way of the drop.
 *
 * <p><i>Thread:</i> event dispatch.
 */
final class DragPicture {
  /** Longest side that is shown of a picture; a larger one is made smaller. */
  private static final int SIDE_PX = 128;

  private static final int BESIDE_PX = 14;
  private static final int FOLLOW_MILLIS = 16;
  private static final int NAME_LENGTH = 64;

  private DragPicture() {}

  static void follow(
      Frame owner, Scale scale, List<Path> files, Optional<Image> picture, Future<?> done) {
    JWindow shown = new JWindow(owner);
    shown.setType(Window.Type.POPUP);
    shown.setFocusableWindowState(false);
    JLabel label = PlainText.in(new JLabel());
    picture.ifPresentOrElse(
        image -> label.setIcon(icon(image, scale)),
        () -> {
          label.setText(name(files));
          label.setBorder(
              BorderFactory.createCompoundBorder(
                  BorderFactory.createLineBorder(Color.GRAY),
                  BorderFactory.createEmptyBorder(2, 6, 2, 6)));
        });
    shown.add(label);
    shown.pack();
    move(shown, scale);
    Timer steps = new Timer(FOLLOW_MILLIS, step -> move(shown, scale));
    steps.start();
    shown.setVisible(true);
    done.onComplete(
        end ->
            EventQueue.invokeLater(
                () -> {
                  steps.stop();
                  shown.dispose();
                }));
  }

  /** As large as it says in CSS pixels, or as is shown of a larger one. */
  static ImageIcon icon(Image picture, Scale scale) {
    ImageIcon icon = new ImageIcon(picture);
    int longest = Math.max(icon.getIconWidth(), icon.getIconHeight());
    double factor = Math.min(1, (double) SIDE_PX / longest) * scale.factor();
    return factor == 1
        ? icon
        : new ImageIcon(
            picture.getScaledInstance(
                Math.max(1, (int) (icon.getIconWidth() * factor)),
                Math.max(1, (int) (icon.getIconHeight() * factor)),
                Image.SCALE_SMOOTH));
  }

  private static String name(List<Path> files) {
    if (files.size() > 1) {
      return files.size() + " files";
    }
    String name = String.valueOf(files.get(0).getFileName());
    return name.length() <= NAME_LENGTH ? name : name.substring(0, NAME_LENGTH) + "…";
  }

  private static void move(JWindow shown, Scale scale) {
    PointerInfo pointer = MouseInfo.getPointerInfo();
    if (pointer != null) {
      int beside = scale.toScreen(BESIDE_PX);
      shown.setLocation(pointer.getLocation().x + beside, pointer.getLocation().y + beside);
    }
  }
}
