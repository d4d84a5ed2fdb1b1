import java.awt.Component;
import java.awt.EventQueue;
import java.awt.datatransfer.DataFlavor;
import java.awt.datatransfer.Transferable;
import java.awt.datatransfer.UnsupportedFlavorException;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import java.awt.event.MouseAdapter;
import java.awt.event.MouseEvent;
import javax.swing.JComponent;
import javax.swing.JFrame;
import javax.swing.JLabel;
import javax.swing.SwingUtilities;
import javax.swing.TransferHandler;

/**
 * Another program of the desktop, as a file manager is one: files are dragged out of its window, and
 * dropped on it. The words are the files that it offers; without any it takes some, and its title
 * says which.
 */
final class Neighbour {
  public static void main(String[] files) {
    List<File> offered = Stream.of(files).map(File::new).toList();
    EventQueue.invokeLater(() -> show(offered));
  }

  private static void show(List<File> offered) {
    JLabel label = new JLabel("files");
    label.setTransferHandler(new Files(offered));
    label.addMouseMotionListener(
        new MouseAdapter() {
          @Override
          public void mouseDragged(MouseEvent event) {
            label.getTransferHandler().exportAsDrag(label, event, TransferHandler.COPY);
          }
        });
    JFrame frame = new JFrame("Neighbour");
    frame.add(label);
    frame.setBounds(600, 20, 200, 150);
    frame.setDefaultCloseOperation(JFrame.EXIT_ON_CLOSE);
    frame.setVisible(true);
  }

  private static final class Files extends TransferHandler {
    private static final long serialVersionUID = 1;
    private final transient List<File> offered;

    Files(List<File> offered) {
      this.offered = offered;
    }

    private static void title(JComponent in, String title) {
      ((JFrame) SwingUtilities.getWindowAncestor(in)).setTitle(title);
    }

    @Override
    public int getSourceActions(JComponent from) {
      return offered.isEmpty() ? NONE : COPY;
    }

    @Override
    public boolean canImport(TransferSupport offer) {
      boolean wanted = offered.isEmpty() && offer.isDataFlavorSupported(DataFlavor.javaFileListFlavor);
      if (wanted) {
        title((JComponent) offer.getComponent(), "Offered");
      }
      return wanted;
    }

    @Override
    public boolean importData(TransferSupport offer) {
      try {
        StringBuilder names = new StringBuilder("Took");
        for (Object file : (List<?>) offer.getTransferable().getTransferData(DataFlavor.javaFileListFlavor)) {
          names.append(' ').append(file);
        }
        title((JComponent) offer.getComponent(), names.toString());
        return true;
      } catch (UnsupportedFlavorException | IOException e) {
        title((JComponent) offer.getComponent(), e.toString());
        return false;
      }
    }

    @Override
    protected Transferable createTransferable(JComponent from) {
      title(from, "Dragging");
      return new Transferable() {
        @Override
        public DataFlavor[] getTransferDataFlavors() {
          return new DataFlavor[] {DataFlavor.javaFileListFlavor};
        }

        @Override
        public boolean isDataFlavorSupported(DataFlavor flavor) {
          return flavor.equals(DataFlavor.javaFileListFlavor);
        }

        @Override
        public Object getTransferData(DataFlavor flavor) throws UnsupportedFlavorException {
          if (!isDataFlavorSupported(flavor)) {
            throw new UnsupportedFlavorException(flavor);
          }
          return offered;
        }
      };
    }

    @Override
    protected void exportDone(JComponent from, Transferable data, int action) {
      title(from, "Neighbour");
    }
  }
}
