package dev.dunlin.shell.app;

import dev.dunlin.bridge.console.ConsoleModule;
import dev.dunlin.bridge.dns.DnsModule;
import dev.dunlin.bridge.fs.FsModule;
import dev.dunlin.bridge.os.OsModule;
import dev.dunlin.bridge.process.ProcessModule;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.net.bus.NetworkModule;
import dev.dunlin.net.udp.UdpModule;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.SystemClock;
import java.nio.file.Path;
import java.util.List;

/** The command modules that every app has, besides its window and itself. */
final class StandardModules {
  private StandardModules() {}

  /**
   * @param data the app's own folder
   */
  static List<CommandModule> of(Console console, RandomSource random, Path data) {
    SystemClock clock = new SystemClock();
    return List.of(
        new FsModule(random),
        new OsModule(clock::now),
        new ProcessModule(System.in),
        new DnsModule(),
        new UdpModule(),
        new NetworkModule(data, random, clock),
        new ConsoleModule(console));
  }
}
