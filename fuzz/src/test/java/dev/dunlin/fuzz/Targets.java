package dev.dunlin.fuzz;

import dev.dunlin.bridge.BridgeTargets;
import dev.dunlin.bridge.child.ChildTargets;
import dev.dunlin.bridge.dns.DnsTargets;
import dev.dunlin.bt.bluez.BluezTargets;
import dev.dunlin.bt.commands.CommandTargets;
import dev.dunlin.net.headless.HeadlessTargets;
import dev.dunlin.net.swarm.SwarmTargets;
import dev.dunlin.net.udp.UdpTargets;
import dev.dunlin.net.wire.WireTargets;
import dev.dunlin.shell.app.AppTargets;
import dev.dunlin.shell.cli.CliTargets;
import dev.dunlin.shell.config.ConfigTargets;
import dev.dunlin.shell.host.HostTargets;
import dev.dunlin.shell.menu.MenuTargets;
import dev.dunlin.shell.resources.ResourceTargets;
import dev.dunlin.shell.spelling.SpellingTargets;
import dev.dunlin.shell.update.UpdateTargets;
import java.util.List;
import java.util.stream.Stream;

/** All of them. Each is in the package of its parser, for the sake of what only that sees. */
final class Targets {
  static final List<Target> ALL =
      Stream.of(
              BridgeTargets.all(),
              ChildTargets.all(),
              DnsTargets.all(),
              WireTargets.all(),
              SwarmTargets.all(),
              UdpTargets.all(),
              HeadlessTargets.all(),
              BluezTargets.all(),
              CommandTargets.all(),
              ConfigTargets.all(),
              ResourceTargets.all(),
              UpdateTargets.all(),
              CliTargets.all(),
              AppTargets.all(),
              MenuTargets.all(),
              HostTargets.all(),
              SpellingTargets.all())
          .flatMap(List::stream)
          .filter(target -> target.name().contains(System.getProperty("dunlin.fuzz.only", "")))
          .toList();

  private Targets() {}

  static Target named(String name) {
    return ALL.stream().filter(target -> target.name().equals(name)).findFirst().orElseThrow();
  }
}
