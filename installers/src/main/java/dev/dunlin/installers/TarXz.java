package dev.dunlin.installers;

import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.scheduler.Threads;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * A tar file in xz. Large files are compressed each by itself and kept in a folder, as the same few
 * (Chromium, Java) are most of every package: the second package takes seconds. Blocks.
 *
 * @param kept where they are kept
 * @param scratch for the parts of one package
 * @param effort how well it is compressed
 */
record TarXz(Path kept, Path scratch, Effort effort) {
  /** How much time goes into small packages. */
  enum Effort {
    SMALL("--lzma2=preset=6,dict=32MiB"),
    /** A tenth of the time, a third more bytes: for trying. */
    FAST("--lzma2=preset=0");

    private final String filter;

    Effort(String filter) {
      this.filter = filter;
    }
  }

  /** Files from this size on are kept. */
  static final long LARGE = 4 << 20;

  /** What one thread compresses; takes ten times its dictionary of memory. */
  private static final int BLOCK = 64 << 20;

  /**
   * Parts that are compressed at once: most are of one block, which is one thread's work. More
   * would take more memory than time.
   */
  private static final int AT_ONCE = 2;

  /** Parts that wait; before the next one is cut, an earlier one must be done. */
  private static final int WAITING = 64;

  /** Kept files; the longest unused go. */
  static final int MOST_KEPT = 48;

  /** Programs are smaller by a twelfth with the filter for jumps, which dpkg-deb does not offer. */
  private List<String> filters() {
    String lzma = effort.filter;
    return System.getProperty("os.arch").equals("amd64") ? List.of("--x86", lzma) : List.of(lzma);
  }

  private void compress(Path from, Path to) {
    // With one thread the blocks' headers would differ.
    int threads = Math.max(2, java.lang.Runtime.getRuntime().availableProcessors());
    List<String> argv =
        new ArrayList<>(List.of("xz", "--compress", "--stdout", "--check=crc32", "-T" + threads));
    argv.add("--block-size=" + BLOCK);
    argv.addAll(filters());
    argv.add(from.toString());
    Tool.of(argv).runInto(to);
  }

  /** All of a folder, owned by root; the file is in the scratch folder. */
  Path write(Tree tree, Instant time) throws IOException {
    ExecutorService workers = Threads.pool("xz", AT_ONCE, WAITING);
    try {
      return write(tree, time, workers);
    } finally {
      workers.shutdownNow();
    }
  }

  private Path write(Tree tree, Instant time, Executor workers) throws IOException {
    List<CompletableFuture<Path>> parts = new ArrayList<>();
    Parts sink = new Parts(parts, workers);
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(sink)) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
      List<Path> all;
      try (Stream<Path> walk = Files.walk(tree.root())) {
        all = walk.sorted().toList();
      }
      for (Path path : all) {
        Path name = tree.root().relativize(path);
        entry(tar, sink, path, path.equals(tree.root()) ? "./" : "./" + name, time);
      }
    }
    Path whole = Files.createTempFile(scratch, "whole-", ".tar.xz");
    try (OutputStream out = Files.newOutputStream(whole)) {
      XzBlocks.join(parts.stream().map(CompletableFuture::join).toList(), out);
    } catch (CompletionException e) {
      if (e.getCause() instanceof UncheckedIOException io) {
        throw io.getCause();
      }
      throw e.getCause() instanceof BuildException known ? known : e;
    }
    return whole;
  }

  private void entry(TarArchiveOutputStream tar, Parts sink, Path path, String name, Instant time)
      throws IOException {
    boolean isLink = Files.isSymbolicLink(path);
    boolean isFolder = !isLink && Files.isDirectory(path);
    TarArchiveEntry entry =
        isLink
            ? new TarArchiveEntry(name, TarConstants.LF_SYMLINK)
            : new TarArchiveEntry(isFolder && !name.endsWith("/") ? name + "/" : name);
    if (isLink) {
      entry.setLinkName(Files.readSymbolicLink(path).toString());
    }
    entry.setUserId(0);
    entry.setGroupId(0);
    entry.setUserName("root");
    entry.setGroupName("root");
    entry.setLastModifiedTime(FileTime.from(time));
    entry.setMode(isLink ? 0777 : isFolder || Files.isExecutable(path) ? 0755 : 0644);
    long size = isLink || isFolder ? 0 : Files.size(path);
    entry.setSize(size);
    tar.putArchiveEntry(entry);
    if (size >= LARGE) {
      sink.skipTo(() -> pinned(compressed(path)));
      Files.copy(path, tar);
      tar.closeArchiveEntry();
      sink.goOn();
      return;
    }
    if (size > 0) {
      Files.copy(path, tar);
    }
    tar.closeArchiveEntry();
  }

  /** By a name of this package's own: what is kept may be forgotten meanwhile. */
  private Path pinned(Path xz) throws IOException {
    Path own = Files.createTempFile(scratch, "kept-", ".xz");
    Files.delete(own);
    try {
      return Files.createLink(own, xz);
    } catch (FileSystemException | UnsupportedOperationException e) {
      // Another file system.
      return Files.copy(xz, own);
    }
  }

  /**
   * The file in xz as a tar file has it, padded to whole records; from the last time or made now.
   */
  private Path compressed(Path file) throws IOException {
    Files.createDirectories(kept);
    Path xz = kept.resolve(digest(file) + ".xz");
    if (Files.exists(xz)) {
      Files.setLastModifiedTime(xz, FileTime.from(new SystemClock().wallTime()));
      return xz;
    }
    Path unfinished = Files.createTempFile(kept, "unfinished-", "");
    Path padded = Files.createTempFile(scratch, "padded-", "");
    try {
      try (OutputStream out = Files.newOutputStream(padded)) {
        Files.copy(file, out);
        out.write(new byte[(int) (-Files.size(file) & (TarConstants.DEFAULT_RCDSIZE - 1))]);
      }
      compress(padded, unfinished);
      Files.move(unfinished, xz, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
      Files.deleteIfExists(padded);
    }
    forgetOldest(xz);
    return xz;
  }

  /** Of the content and of how it is compressed. */
  private String digest(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(("padded " + String.join(" ", filters())).getBytes(StandardCharsets.UTF_8));
      byte[] buffer = new byte[1 << 16];
      try (InputStream in = Files.newInputStream(file)) {
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          digest.update(buffer, 0, read);
        }
      }
      return new BigInteger(1, digest.digest()).toString(16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private void forgetOldest(Path newest) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.list(kept)) {
      all = files.filter(file -> file.toString().endsWith(".xz") && !file.equals(newest)).toList();
    }
    List<Path> byAge = new ArrayList<>(all);
    byAge.sort(Comparator.comparing(file -> file.toFile().lastModified()));
    for (Path file : byAge.subList(0, Math.max(0, byAge.size() + 1 - MOST_KEPT))) {
      Files.deleteIfExists(file);
    }
  }

  /** A compressed part, in the making. */
  private interface Part {
    Path make() throws IOException;
  }

  /** Gets a tar file and cuts it in parts: large files, and what is between them. */
  private final class Parts extends OutputStream {
    private final List<CompletableFuture<Path>> parts;
    private final Executor workers;
    private OutputStream current;
    private Path plain;
    private boolean skipping;

    Parts(List<CompletableFuture<Path>> parts, Executor workers) {
      this.parts = parts;
      this.workers = workers;
    }

    private void add(Part part) {
      if (parts.size() >= WAITING) {
        parts.get(parts.size() - WAITING).handle((made, fault) -> fault).join();
      }
      parts.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return part.make();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              },
              workers));
    }

    /** What is written from now on is in this part already. */
    void skipTo(Part part) throws IOException {
      cut();
      add(part);
      skipping = true;
    }

    void goOn() {
      skipping = false;
    }

    private void cut() throws IOException {
      if (current != null) {
        current.close();
        current = null;
        Path part = plain;
        add(
            () -> {
              Path xz = Files.createTempFile(scratch, "part-", ".xz");
              compress(part, xz);
              Files.delete(part);
              return xz;
            });
      }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (skipping) {
        return;
      }
      if (current == null) {
        plain = Files.createTempFile(scratch, "part-", ".tar");
        current = new BufferedOutputStream(Files.newOutputStream(plain), 1 << 16);
      }
      current.write(bytes, offset, length);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void close() throws IOException {
      cut();
    }
  }
}
