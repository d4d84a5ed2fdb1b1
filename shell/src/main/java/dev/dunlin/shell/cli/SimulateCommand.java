package dev.dunlin.shell.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.net.peer.PeerException;
import dev.dunlin.net.sim.Latency;
import dev.dunlin.net.sim.SimOptions;
import dev.dunlin.net.sim.SimResult;
import dev.dunlin.net.sim.Simulator;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dunlin simulate}: no Chromium, no display, no network. */
@Command(
    name = "simulate",
    sortOptions = false,
    description = {
      "Runs peers in virtual time and tells how a published packet spreads. The same seeds give the",
      "same figures.",
      ""
    })
final class SimulateCommand implements Callable<Integer> {
  private static final Pattern SEEDS = Pattern.compile("(\\d{1,18})(?:-(\\d{1,18}))?");

  @Option(
      names = "--peers",
      defaultValue = "128",
      paramLabel = "N",
      description = "Besides four introducers.")
  private int peers;

  @Option(
      names = "--churn",
      defaultValue = "0",
      paramLabel = "PER_MINUTE",
      description = "How often a minute each peer leaves.")
  private double churn;

  @Option(
      names = "--hard",
      defaultValue = "0.3",
      paramLabel = "F",
      description = "Part of the peers behind a hard NAT.")
  private double hard;

  @Option(
      names = "--subscribed",
      defaultValue = "0.5",
      paramLabel = "F",
      description = "Part of the peers that want the packet.")
  private double subscribed;

  @Option(
      names = "--latency",
      defaultValue = "wan",
      paramLabel = "MODEL",
      description = "netsim or wan (the default).")
  private String latency;

  @Option(
      names = "--loss",
      defaultValue = "0",
      paramLabel = "F",
      description = "Part of the datagrams that are lost.")
  private double loss;

  @Option(
      names = "--seeds",
      defaultValue = "1",
      paramLabel = "A-B",
      description = "One run for each.")
  private String seeds;

  @Option(
      names = "--duration",
      defaultValue = "5.1",
      paramLabel = "MINUTES",
      description = "Time after the last publication.")
  private double minutes;

  @Option(
      names = "--hours",
      paramLabel = "H",
      description = "As --duration, in hours and a minute: --hours 24 shows the state a day later.")
  private Optional<Double> hours = Optional.empty();

  @Option(
      names = "--publications",
      defaultValue = "6",
      paramLabel = "N",
      description = "In each run, ten seconds apart.")
  private int publications;

  @Option(names = "--keep-state", description = "Who comes back has the cache it left with.")
  private boolean keepState;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Option(names = "--svg", paramLabel = "FILE", description = "Also draw how the packet spreads.")
  private Optional<Path> svg = Optional.empty();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this.")
  private boolean help;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException, IOException {
    PrintWriter out = spec.commandLine().getOut();
    try {
      SimOptions options = options();
      List<SimResult> results = Simulator.run(options);
      ObjectNode figures = Simulator.json(options, results);
      if (svg.isPresent()) {
        Files.writeString(svg.get(), Simulator.svg(options, results), StandardCharsets.UTF_8);
      }
      out.print(json ? figures + "\n" : Simulator.text(figures));
      out.flush();
      return CommandLine.ExitCode.OK;
    } catch (PeerException e) {
      spec.commandLine().getErr().println("dunlin: " + e.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
  }

  private SimOptions options() {
    Matcher range = SEEDS.matcher(seeds);
    if (!range.matches()) {
      throw new PeerException("EINVAL", "--seeds takes A-B, such as 1-20, not '" + seeds + "'");
    }
    Latency model =
        switch (latency) {
          case "netsim" -> Latency.NETSIM;
          case "wan" -> Latency.WAN;
          default ->
              throw new PeerException(
                  "EINVAL", "--latency takes netsim or wan, not '" + latency + "'");
        };
    long first = Long.parseLong(range.group(1));
    long last = range.group(2) == null ? first : Long.parseLong(range.group(2));
    double duration = hours.map(it -> it * 60 + 1).orElse(minutes);
    return new SimOptions(
        peers,
        churn,
        hard,
        subscribed,
        model,
        loss,
        first,
        last,
        duration,
        publications,
        keepState);
  }
}
