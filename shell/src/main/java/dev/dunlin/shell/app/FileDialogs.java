package dev.dunlin.shell.app;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.shell.engine.BrowserWindow;
import dev.dunlin.shell.engine.Scale;
import dev.dunlin.shell.resources.MimeTypes;
import io.vertx.core.Future;
import java.awt.Component;
import java.awt.Dimension;
import java.awt.EventQueue;
import java.awt.Frame;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.swing.JFileChooser;
import javax.swing.JOptionPane;
import javax.swing.filechooser.FileFilter;
import javax.swing.filechooser.FileView;

/**
 * Asks the person for files and folders, in dialogs over the app's window.
 *
 * <p><i>Thread:</i> the event dispatch thread, which goes on with events while a dialog stands.
 */
final class FileDialogs implements PickerModule.Person {
  /** What Swing gives it for texts of scale 1. */
  private static final int HEIGHT_PX = 326;

  private final String app;
  private final Path home;

  /**
   * @param app the app's name
   * @param home the person's home folder, which is never picked as a whole
   */
  FileDialogs(String app, Path home) {
    this.app = app;
    this.home = home;
  }

  @Override
  public Future<List<Path>> pick(
      BrowserWindow window, PickerModule.Request request, Future<Void> cancelled) {
    return window.onFrame(owner -> pick(owner, window.scale(), request, cancelled));
  }

  private List<Path> pick(
      Frame owner, Scale scale, PickerModule.Request request, Future<Void> cancelled) {
    JFileChooser chooser = chooser(request);
    Dimension size = chooser.getPreferredSize();
    // Swing has it as wide as its texts ask for, and of one height.
    chooser.setPreferredSize(
        new Dimension(size.width, Math.max(size.height, scale.toScreen(HEIGHT_PX))));
    cancelled.onComplete(gone -> EventQueue.invokeLater(chooser::cancelSelection));
    if (chooser.showDialog(owner, null) != JFileChooser.APPROVE_OPTION) {
      return List.of();
    }
    Stream<File> files =
        request.multiple()
            ? Stream.of(chooser.getSelectedFiles())
            : Stream.of(chooser.getSelectedFile());
    return files
        .map(file -> PickerModule.real(request.kind(), file.toPath().toAbsolutePath()))
        .peek(
            real ->
                fault(request.kind(), real)
                    .ifPresent(
                        why -> {
                          // Something else stands there by now.
                          throw new BridgeError("NotFoundError", "ERR_NOT_PICKED", why);
                        }))
        .toList();
  }

  @Override
  public Future<Boolean> mayChange(BrowserWindow window, Path path) {
    return window.onFrame(
        owner -> ask(owner, "Let " + app + " change this" + inIt(path) + "?\n" + path));
  }

  /** Says what is wrong with what was picked. Thread: event dispatch. */
  void warn(Component owner, String fault) {
    new Question(app, JOptionPane.WARNING_MESSAGE, List.of(fault), List.of("OK"), 0).ask(owner);
  }

  /** What a dialog says that it is for. */
  String title(PickerModule.Request request) {
    return switch (request.kind()) {
      case OPEN -> "Open " + (request.multiple() ? "files" : "a file") + " with " + app;
      case SAVE -> "Save a file of " + app;
      case FOLDER ->
          "Let " + app + " read " + (request.writable() ? "and change " : "") + "all in a folder";
    };
  }

  /** Why it can't be picked for this. May block. */
  Optional<String> fault(PickerModule.Kind kind, Path path) {
    return switch (kind) {
      case OPEN -> unless(Files.isRegularFile(path), path + " is no file.");
      case SAVE ->
          unless(
              !Files.exists(path) || Files.isRegularFile(path),
              path + " is no file that can be replaced.");
      case FOLDER ->
          Files.isDirectory(path)
              ? unless(!holdsHome(path), path + " holds all of your files.\nPick a folder in it.")
              : Optional.of(path + " is no folder.");
    };
  }

  private static String inIt(Path path) {
    return Files.isDirectory(path) ? " folder and all that is in it" : " file";
  }

  private boolean ask(Component owner, String question) {
    return new Question(
                "A question of " + app,
                JOptionPane.QUESTION_MESSAGE,
                List.of(question),
                List.of("Yes", "No"),
                1)
            .ask(owner)
        == 0;
  }

  /** Thread: event dispatch. */
  JFileChooser chooser(PickerModule.Request request) {
    return new Chooser(request);
  }

  private final class Chooser extends JFileChooser {
    private static final long serialVersionUID = 1;

    private final transient PickerModule.Request request;

    Chooser(PickerModule.Request request) {
      super(request.start().map(Path::toFile).orElse(null));
      this.request = request;
      PlainText.inAllOf(this);
      setFileView(new PlainNames());
      String title = title(request);
      setDialogTitle(title);
      getAccessibleContext().setAccessibleName(title);
      setDialogType(request.kind() == PickerModule.Kind.SAVE ? SAVE_DIALOG : OPEN_DIALOG);
      setFileSelectionMode(
          request.kind() == PickerModule.Kind.FOLDER ? DIRECTORIES_ONLY : FILES_ONLY);
      setMultiSelectionEnabled(request.multiple());
      List<Filter> kinds = request.filters().stream().map(Filter::new).toList();
      kinds.forEach(this::addChoosableFileFilter);
      if (!kinds.isEmpty()) {
        setAcceptAllFileFilterUsed(request.acceptAll());
        setFileFilter(kinds.get(0));
      }
      if (!request.suggestedName().isEmpty()) {
        setSelectedFile(new File(getCurrentDirectory(), request.suggestedName()));
      }
    }

    @Override
    public void approveSelection() {
      Optional<String> fault =
          (request.multiple() ? Stream.of(getSelectedFiles()) : Stream.of(getSelectedFile()))
              .map(file -> fault(request.kind(), file.toPath()))
              .flatMap(Optional::stream)
              .findFirst();
      if (fault.isPresent()) {
        warn(this, fault.get());
      } else if (request.kind() != PickerModule.Kind.SAVE
          || !getSelectedFile().exists()
          || ask(this, getSelectedFile() + " is there already.\nLet " + app + " replace it?")) {
        super.approveSelection();
      }
    }
  }

  private boolean holdsHome(Path folder) {
    try {
      return GivenFiles.holdsHome(folder, home);
    } catch (IOException e) {
      // Who can't tell does not let it be picked.
      return true;
    }
  }

  private static Optional<String> unless(boolean good, String fault) {
    return good ? Optional.empty() : Optional.of(fault);
  }

  /** Names that a page may have given to files. */
  private static final class PlainNames extends FileView {
    @Override
    public String getName(File file) {
      String name = file.getName();
      String plain = PlainText.defused(name);
      // The system's own name of it, such as that of a disk.
      return plain.equals(name) ? null : plain;
    }
  }

  /** Shows folders, and files of some kinds. */
  private static final class Filter extends FileFilter {
    private final PickerModule.Filter kinds;

    Filter(PickerModule.Filter kinds) {
      this.kinds = kinds;
    }

    @Override
    public boolean accept(File file) {
      String name = file.getName().toLowerCase(Locale.ROOT);
      String type = MimeTypes.of(name);
      return file.isDirectory()
          || kinds.suffixes().stream().anyMatch(name::endsWith)
          || kinds.types().stream()
              .anyMatch(
                  wanted ->
                      wanted.endsWith("/*")
                          ? type.startsWith(wanted.substring(0, wanted.length() - 1))
                          : type.equals(wanted) || type.startsWith(wanted + ";"));
    }

    @Override
    public String getDescription() {
      return PlainText.defused(kinds.description());
    }
  }
}
