package dev.dunlin.installers;

import dev.dunlin.net.headless.PeerOptions;
import dev.dunlin.net.peer.PeerConfig.Introducer;
import dev.dunlin.net.peer.PeerException;
import dev.dunlin.scheduler.EventLoops;
import dev.dunlin.scheduler.Threads;
import dev.dunlin.shell.update.Manifest;
import dev.dunlin.shell.update.UpdatePeer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dunlin seed}. */
@Command(
    name = "seed",
    sortOptions = false,
    synopsisHeading = "Usage: ",
    customSynopsis = "dunlin seed --introducers ID@IP:PORT,... [OPTIONS] [DIR]",
    description = {
      "",
      "Gives an update that dunlin sign has made in DIR, or in the folder build/update, to the peers of",
      "the app, until it is ended (Ctrl-C). Each app that has taken it gives it to others.",
      ""
    })
final class SeedCommand implements Callable<Integer> {
  @Parameters(arity = "0..1", paramLabel = "DIR", hidden = true)
  private Path directory;

  @Option(
      names = "--introducers",
      required = true,
      paramLabel = "ID@IP:PORT",
      description = "Well-known peers, as in [update] peers; dunlin relay is one.")
  private String introducers;

  @Option(
      names = "--address",
      paramLabel = "IP",
      description = "Where its sockets are bound (${DEFAULT-VALUE}).")
  private String address = UpdatePeer.ANY_ADDRESS;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this.")
  private boolean help;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path folder = directory == null ? Path.of("build", "update") : directory;
    PrintWriter out = spec.commandLine().getOut();
    Vertx vertx = EventLoops.create();
    try {
      List<Introducer> peers = PeerOptions.parseIntroducers("--introducers", introducers);
      UpdatePeer peer = UpdatePeer.ofPublisher(vertx, address, folder, peers);
      join(peer.start());
      out.println("giving " + folder + " to peers; Ctrl-C ends it");
      out.flush();
      CountDownLatch end = new CountDownLatch(1);
      Threads.onExit(
          "seed",
          () -> {
            join(peer.close());
            end.countDown();
          });
      end.await();
      return 0;
    } catch (NoSuchFileException e) {
      throw new BuildException(
          "there is no " + folder.resolve(Manifest.FILE) + ": make it with dunlin sign");
    } catch (PeerException e) {
      throw new BuildException(e.getMessage());
    } finally {
      join(vertx.close());
    }
  }

  private static <T> T join(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof PeerException fault ? fault : e;
    }
  }
}
