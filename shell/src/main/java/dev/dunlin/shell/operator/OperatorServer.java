package dev.dunlin.shell.operator;

import dev.dunlin.scheduler.Threads;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.function.Supplier;
import jdk.net.ExtendedSocketOptions;

/**
 * The door of a running app for who watches it: a socket that only the app's user reaches. While
 * nobody is there it is one thread that waits in the kernel.
 */
public final class OperatorServer implements AutoCloseable {
  private final ServerSocketChannel server;
  private final Path socket;
  private final String owner;
  private final Watchers watchers;

  private OperatorServer(
      ServerSocketChannel server, Path socket, String owner, Supplier<Watch> watch) {
    this.server = server;
    this.socket = socket;
    this.owner = owner;
    this.watchers = new Watchers(watch);
  }

  /**
   * Listens.
   *
   * @param socket to be made, in a folder of this user that nobody else may enter
   * @param watch begins to measure; asked when the first watcher attaches
   * @throws IOException also if others may enter the folder, or the path is longer than a socket's
   *     may be
   */
  public static OperatorServer listen(Path socket, Supplier<Watch> watch) throws IOException {
    Path folder = socket.toAbsolutePath().getParent();
    requirePrivate(folder);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(socket));
      if (isPosix()) {
        // Between the two lines the folder keeps others away.
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      }
      String owner = Files.getOwner(socket, LinkOption.NOFOLLOW_LINKS).getName();
      OperatorServer listening = new OperatorServer(server, socket, owner, watch);
      Threads.start("operator-door", listening::accept);
      return listening;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw new IOException(e.getMessage(), e);
    }
  }

  private static boolean isPosix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }

  private static void requirePrivate(Path folder) throws IOException {
    if (isPosix()
        && !PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS))
            .endsWith("------")) {
      throw new IOException(
          "others may enter the folder " + folder + ": make it the user's own (chmod 700)");
    }
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel one = server.accept();
        if (isOwners(one)) {
          watchers.add(one);
        } else {
          // Without a word: it has no business here.
          one.close();
        }
      } catch (IOException e) {
        // Closed, which ends the loop; or who came has gone already.
        continue;
      }
    }
  }

  /** As the kernel says who is at the other end, whatever the socket's and folder's modes are. */
  private boolean isOwners(SocketChannel one) {
    if (!one.supportedOptions().contains(ExtendedSocketOptions.SO_PEERCRED)) {
      return true;
    }
    try {
      return Optional.ofNullable(one.getOption(ExtendedSocketOptions.SO_PEERCRED))
          .filter(peer -> isOwner(owner, peer.user().getName()))
          .isPresent();
    } catch (IOException | RuntimeException unknown) {
      return false;
    }
  }

  static boolean isOwner(String owner, String peer) {
    return owner.equals(peer);
  }

  /** Whether somebody watches, and so something is measured. */
  public boolean isWatched() {
    return watchers.areThere();
  }

  /** Ends all; the socket is gone. */
  @Override
  public void close() throws IOException {
    try {
      server.close();
    } finally {
      watchers.close();
      Files.deleteIfExists(socket);
    }
  }
}
