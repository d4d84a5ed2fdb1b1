package dev.dunlin.shell.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.datatransfer.DataFlavor;
import java.awt.datatransfer.Transferable;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class FileDropsTest {
  private record Files(List<File> files) implements Transferable {
    @Override
    public DataFlavor[] getTransferDataFlavors() {
      return new DataFlavor[] {DataFlavor.javaFileListFlavor};
    }

    @Override
    public boolean isDataFlavorSupported(DataFlavor flavor) {
      return true;
    }

    @Override
    public Object getTransferData(DataFlavor flavor) {
      return files;
    }
  }

  @Test
  void ofFilesOneOfWhichHasNoPathNoneWasDropped() {
    File file = new File("/tmp/x/../a");
    assertEquals(List.of(Path.of("/tmp/a")), FileDrops.paths(new Files(List.of(file))));
    assertEquals(List.of(), FileDrops.paths(new Files(List.of(file, new File("/tmp/\0")))));
  }
}
