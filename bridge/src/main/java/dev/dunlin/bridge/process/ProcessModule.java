package dev.dunlin.bridge.process;

import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.HandleId;
import dev.dunlin.bridge.spi.PushChannel;
import dev.dunlin.bridge.spi.Reply;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * {@code ipc://process/…}: figures of the host's process, in the shapes of Node's {@code process},
 * and its standard input.
 */
public final class ProcessModule implements CommandModule {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path STAT = Path.of("/proc/self/stat");

  /** Clock ticks a second: the kernel's USER_HZ, the same on every Linux Chromium runs on. */
  private static final int TICKS = 100;

  // Of /proc/self/stat, counted after the command's name.
  private static final int USER_TICKS = 11;
  private static final int SYSTEM_TICKS = 12;

  private final HostStdin stdin;

  /**
   * @param stdin what a page may read as {@code process.stdin}
   */
  public ProcessModule(InputStream stdin) {
    this.stdin = new HostStdin(stdin);
  }

  /** A document that reads the standard input. */
  private record Reading(PushChannel channel) implements AutoCloseable {
    @Override
    public void close() {
      channel.close();
    }
  }

  @Override
  public String name() {
    return "process";
  }

  @Override
  public List<Command> commands() {
    return List.of(
        Command.telling("memoryUsage", ProcessModule::memoryUsage),
        Command.telling("cpuUsage", ProcessModule::cpuUsage),
        Command.telling("uptime", () -> ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0),
        command("stdin", new Command.Resource.None(), this::openStdin),
        command("closeStdin", new Command.Resource.Handle(), ProcessModule::closeStdin));
  }

  private static Command command(
      String function, Command.Resource resource, Command.Handler handler) {
    return new Command(
        function, resource, Command.Permission.POLICY, Command.RunsOn.EVENT_LOOP, handler);
  }

  private Future<Reply> openStdin(Call call) {
    PushChannel channel = call.openPush(PushChannel.Overflow.STOP_READING, HostStdin.WAITING_BYTES);
    try {
      HandleId id = call.register(new Reading(channel));
      stdin.give(channel);
      return Future.succeededFuture(
          new Reply.Data(Map.of("id", id.value(), "channel", channel.id())));
    } catch (RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static Future<Reply> closeStdin(Call call) {
    Reading reading = call.handle(Reading.class);
    call.release();
    reading.close();
    return Future.succeededFuture(Reply.NOTHING);
  }

  private static Object memoryUsage() throws IOException {
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    MemoryUsage other = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
    long rss = heap.getCommitted() + other.getCommitted();
    if (Files.exists(STATUS)) {
      rss =
          Files.readAllLines(STATUS).stream()
              .filter(line -> line.startsWith("VmRSS:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
              .findFirst()
              .orElse(rss);
    }
    return Map.of(
        "rss", rss,
        "heapTotal", heap.getCommitted(),
        "heapUsed", heap.getUsed(),
        "external", other.getUsed(),
        "arrayBuffers", 0);
  }

  private static Object cpuUsage() throws IOException {
    if (Files.exists(STAT)) {
      String stat = Files.readString(STAT);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return Map.of(
          "user", Long.parseLong(fields[USER_TICKS]) * 1_000_000 / TICKS,
          "system", Long.parseLong(fields[SYSTEM_TICKS]) * 1_000_000 / TICKS);
    }
    long nanoseconds =
        ProcessHandle.current().info().totalCpuDuration().map(d -> d.toNanos()).orElse(0L);
    return Map.of("user", nanoseconds / 1000, "system", 0);
  }
}
