package dev.dunlin.shell.operator;

import dev.dunlin.scheduler.Threads;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import jdk.net.ExtendedSocketOptions;

/**
 * The door of a running app for who watches it: a socket that only the app's user reaches. While
 * nobody is there it is one thread that waits in the kernel.
 */
public final class OperatorServer implements AutoCloseable {
  /** How long the door rests after a fault: without files left, accept fails at once. */
  private static final Duration PAUSE = Duration.ofMillis(500);

  private static final Logger LOG = System.getLogger(OperatorServer.class.getName());

  private final CountDownLatch closed = new CountDownLatch(1);
  private final ServerSocketChannel server;
  private final Path socket;
  private final String owner;
  private final Watchers watchers;

  private OperatorServer(ServerSocketChannel server, Path socket, String owner, Watchers watchers) {
    this.server = server;
    this.socket = socket;
    this.owner = owner;
    this.watchers = watchers;
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
    return listen(socket, new Watchers(watch, Selector::open));
  }

  static OperatorServer listen(Path socket, Watchers watchers) throws IOException {
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
      OperatorServer listening = new OperatorServer(server, socket, owner, watchers);
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
    try {
      do {
        try {
          welcome(server.accept());
        } catch (IOException | RuntimeException | Error e) {
          // Closed, which ends the loop; or who came has gone already; or the process has no more
          // files or threads, where even a class may fail to load: the next one may come later.
          LOG.log(Level.DEBUG, "a watcher was not let in", e);
          if (closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
            return;
          }
        }
      } while (server.isOpen());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void welcome(SocketChannel one) throws IOException {
    try {
      if (isOwners(one)) {
        watchers.add(one);
      } else {
        // Without a word: it has no business here.
        one.close();
      }
    } catch (IOException | RuntimeException | Error e) {
      one.close();
      throw e;
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
    closed.countDown();
    try {
      server.close();
    } finally {
      watchers.close();
      Files.deleteIfExists(socket);
    }
  }
}
