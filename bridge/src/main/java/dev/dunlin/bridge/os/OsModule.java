package dev.dunlin.bridge.os;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.RunsOn;
import dev.dunlin.bridge.spi.CommandModule;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** {@code ipc://os/…}: the machine, in the shapes of Node's {@code os}. */
public final class OsModule implements CommandModule {
  private static final Path PROC = Path.of("/proc");
  private static final boolean LINUX = System.getProperty("os.name").equals("Linux");

  /** Milliseconds of one clock tick of /proc/stat. */
  private static final int TICK_MS = 10;

  private final Supplier<Duration> monotonic;

  /**
   * @param monotonic time since a fixed point, never going back: the scheduler's clock
   */
  public OsModule(Supplier<Duration> monotonic) {
    this.monotonic = monotonic;
  }

  @Override
  public String name() {
    return "os";
  }

  @Override
  public List<Command> commands() {
    return List.of(
        Command.telling("cpus", OsModule::cpus),
        Command.telling("networkInterfaces", OsModule::networkInterfaces),
        Command.telling("uptime", OsModule::uptime),
        Command.telling("freemem", () -> memory("MemAvailable:")),
        Command.telling("totalmem", () -> memory("MemTotal:")),
        Command.telling("loadavg", OsModule::loadavg),
        Command.telling("hostname", OsModule::hostname),
        Command.telling("userInfo", OsModule::userInfo),
        Command.telling("hrtime", RunsOn.ARRIVAL, () -> Long.toString(monotonic.get().toNanos())));
  }

  private static Object cpus() throws IOException {
    List<Map<String, Object>> cpus = new ArrayList<>();
    if (!LINUX) {
      for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
        cpus.add(cpu(System.getProperty("os.arch"), 0, new long[8]));
      }
      return cpus;
    }
    List<String> models = new ArrayList<>();
    List<Double> speeds = new ArrayList<>();
    for (String line : Files.readAllLines(PROC.resolve("cpuinfo"))) {
      int colon = line.indexOf(':');
      if (line.startsWith("model name")) {
        models.add(line.substring(colon + 1).strip());
      } else if (line.startsWith("cpu MHz")) {
        speeds.add(Double.parseDouble(line.substring(colon + 1).strip()));
      }
    }
    for (String line : Files.readAllLines(PROC.resolve("stat"))) {
      if (line.matches("cpu[0-9]+ .*")) {
        String[] fields = line.split(" +");
        long[] ticks = new long[8];
        for (int i = 0; i < ticks.length && i + 1 < fields.length; i++) {
          ticks[i] = Long.parseLong(fields[i + 1]);
        }
        int i = cpus.size();
        cpus.add(
            cpu(
                i < models.size() ? models.get(i) : "unknown",
                i < speeds.size() ? Math.round(speeds.get(i)) : 0,
                ticks));
      }
    }
    return cpus;
  }

  /** Ticks in the order of /proc/stat: user, nice, system, idle, iowait, irq. */
  private static Map<String, Object> cpu(String model, long speed, long[] ticks) {
    Map<String, Object> times = new LinkedHashMap<>();
    times.put("user", ticks[0] * TICK_MS);
    times.put("nice", ticks[1] * TICK_MS);
    times.put("sys", ticks[2] * TICK_MS);
    times.put("idle", ticks[3] * TICK_MS);
    times.put("irq", ticks[5] * TICK_MS);
    Map<String, Object> cpu = new LinkedHashMap<>();
    cpu.put("model", model);
    cpu.put("speed", speed);
    cpu.put("times", times);
    return cpu;
  }

  private static Object networkInterfaces() throws IOException {
    Map<String, List<Object>> interfaces = new LinkedHashMap<>();
    for (NetworkInterface one : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      if (!one.isUp()) {
        continue;
      }
      byte[] hardware = one.getHardwareAddress();
      String mac =
          hardware == null ? "00:00:00:00:00:00" : HexFormat.ofDelimiter(":").formatHex(hardware);
      List<Object> addresses = new ArrayList<>();
      for (InterfaceAddress address : one.getInterfaceAddresses()) {
        addresses.add(address(one, address, mac));
      }
      if (!addresses.isEmpty()) {
        interfaces.put(one.getName(), addresses);
      }
    }
    return interfaces;
  }

  private static Map<String, Object> address(
      NetworkInterface one, InterfaceAddress address, String mac) throws IOException {
    InetAddress ip = address.getAddress();
    int prefix = address.getNetworkPrefixLength();
    byte[] mask = new byte[ip.getAddress().length];
    for (int i = 0; i < prefix && i < mask.length * 8; i++) {
      mask[i / 8] |= (byte) (0x80 >> i % 8);
    }
    Map<String, Object> map = new LinkedHashMap<>();
    String text = InetAddress.getByAddress(ip.getAddress()).getHostAddress();
    map.put("address", text(ip, text));
    map.put("netmask", text(ip, InetAddress.getByAddress(mask).getHostAddress()));
    map.put("family", ip instanceof Inet6Address ? "IPv6" : "IPv4");
    map.put("mac", mac);
    map.put("internal", one.isLoopback());
    map.put("cidr", map.get("address") + "/" + prefix);
    if (ip instanceof Inet6Address six) {
      map.put("scopeid", six.getScopeId());
    }
    return map;
  }

  /** The short form of RFC 5952 that Node gives: Java writes every group of zeros out. */
  private static String text(InetAddress ip, String address) {
    return ip instanceof Inet6Address ? compress(address) : address;
  }

  static String compress(String address) {
    String[] groups = address.split(":");
    int best = -1;
    int bestLength = 1;
    for (int i = 0; i < groups.length; i++) {
      int j = i;
      while (j < groups.length && groups[j].equals("0")) {
        j++;
      }
      if (j - i > bestLength) {
        best = i;
        bestLength = j - i;
      }
    }
    if (best < 0) {
      return address;
    }
    return String.join(":", List.of(groups).subList(0, best))
        + "::"
        + String.join(":", List.of(groups).subList(best + bestLength, groups.length));
  }

  private static Object uptime() throws IOException {
    if (!LINUX) {
      throw new BridgeError(
          "Error",
          "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
          "the machine's uptime is known on Linux only");
    }
    return Double.parseDouble(Files.readString(PROC.resolve("uptime")).split(" ")[0]);
  }

  private static Object memory(String name) throws IOException {
    if (LINUX) {
      for (String line : Files.readAllLines(PROC.resolve("meminfo"))) {
        if (line.startsWith(name)) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
        }
      }
    }
    var machine =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return name.equals("MemTotal:") ? machine.getTotalMemorySize() : machine.getFreeMemorySize();
  }

  private static Object loadavg() throws IOException {
    if (LINUX) {
      String[] fields = Files.readString(PROC.resolve("loadavg")).split(" ");
      return List.of(
          Double.parseDouble(fields[0]),
          Double.parseDouble(fields[1]),
          Double.parseDouble(fields[2]));
    }
    double one = Math.max(0, ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    return List.of(one, one, one);
  }

  private static Object hostname() throws IOException {
    if (LINUX) {
      return Files.readString(PROC.resolve("sys/kernel/hostname")).strip();
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  private static Object userInfo() throws IOException {
    Map<String, Object> user = new LinkedHashMap<>();
    String name = System.getProperty("user.name");
    user.put("uid", -1);
    user.put("gid", -1);
    user.put("username", name);
    user.put("homedir", System.getProperty("user.home"));
    user.put("shell", null);
    if (LINUX) {
      Object uid = Files.getAttribute(PROC.resolve("self"), "unix:uid");
      user.put("uid", uid);
      user.put("gid", Files.getAttribute(PROC.resolve("self"), "unix:gid"));
      for (String line : Files.readAllLines(Path.of("/etc/passwd"))) {
        String[] fields = line.split(":", -1);
        if (fields.length == 7 && fields[2].equals(uid.toString())) {
          user.put("username", fields[0]);
          user.put("homedir", fields[5]);
          user.put("shell", fields[6]);
          break;
        }
      }
    }
    return user;
  }
}
