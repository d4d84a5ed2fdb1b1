package dev.dunlin.shell.cli;

import dev.dunlin.net.headless.PeerOptions;
import dev.dunlin.net.headless.PeerProcess;
import dev.dunlin.net.peer.PeerException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dunlin peer}: no Chromium, no display. */
@Command(
    name = "peer",
    sortOptions = false,
    description = {
      "Runs one peer of the network until standard input ends. Standard input takes one JSON",
      "object a line (cmd: publish, stream, query, join, state, quit), standard output tells what",
      "happens in the same way (ev: ready, joined, connection, packet, stream, published, answer,",
      "state, error).",
      ""
    })
final class PeerCommand implements Callable<Integer> {
  /** What the peer can be. */
  enum Role {
    introducer,
    client
  }

  @Option(
      names = "--role",
      defaultValue = "client",
      description = "introducer or client (the default).")
  private Role role;

  @Option(
      names = "--name",
      required = true,
      paramLabel = "SEED",
      description = "Text that peer id and keys are made of.")
  private String name;

  @Option(
      names = "--address",
      defaultValue = "0.0.0.0",
      paramLabel = "IP",
      description = "Where its sockets are bound.")
  private String address;

  @Option(
      names = "--port",
      defaultValue = "0",
      paramLabel = "N",
      description = "Main port; 0 is any.")
  private int port;

  @Option(
      names = "--probe-port",
      defaultValue = "0",
      paramLabel = "N",
      description = "Port of the probe socket; 0 is any.")
  private int probePort;

  @Option(
      names = "--keepalive",
      defaultValue = "30000",
      paramLabel = "MS",
      description = "How long a link may be silent.")
  private long keepAlive;

  @Option(
      names = "--cluster",
      defaultValue = "",
      paramLabel = "TEXT",
      description = "Text that the cluster id is made of.")
  private String cluster;

  @Option(
      names = "--subclusters",
      split = ",",
      paramLabel = "TEXT",
      description = "Texts that the shared keys of subclusters to join are made of.")
  private List<String> subclusters = List.of();

  @Option(
      names = "--introducers",
      split = ",",
      paramLabel = "ID@IP:PORT",
      description = "Well-known peers.")
  private List<String> introducers = List.of();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this.")
  private boolean help;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() {
    PeerOptions options =
        new PeerOptions(
            role == Role.introducer,
            name,
            address,
            port,
            probePort,
            keepAlive,
            cluster,
            subclusters,
            introducers);
    try {
      return PeerProcess.run(options, System.in, System.out);
    } catch (PeerException e) {
      spec.commandLine().getErr().println("dunlin: " + e.getMessage());
      return e.code().equals("EINVAL") ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
    }
  }
}
