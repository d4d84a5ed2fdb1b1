package dev.dunlin.shell.resources;

import dev.dunlin.shell.update.AppFolder;
import dev.dunlin.shell.update.CheckedFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Resources of an installed app: what was changed, added or taken away since is an {@link
 * dev.dunlin.shell.update.AlteredException}.
 */
public final class VerifiedSource implements ResourceSource {
  private final ResourceSource source;
  private final CheckedFiles files;

  /**
   * @param source of the files in this folder
   * @param resources folder in the app's
   */
  public VerifiedSource(ResourceSource source, AppFolder app, Path resources) {
    this.source = source;
    String prefix = app.folder().relativize(resources).toString().replace('\\', '/');
    this.files = new CheckedFiles(app, prefix.isEmpty() ? "" : prefix + "/");
  }

  @Override
  public Found find(List<String> segments) throws IOException {
    Found found = source.find(segments);
    String path = String.join("/", segments);
    if (found instanceof Found.File file) {
      files.requireSize(path, file.sizeBytes());
      String version = file.identity() + " " + file.sizeBytes() + " " + file.modified();
      return new Found.File(
          file.sizeBytes(),
          file.modified(),
          file.identity(),
          () -> files.open(path, version, file.opener().open()));
    }
    if (found instanceof Found.Missing) {
      files.requireNone(path);
    }
    return found;
  }
}
