package dev.dunlin.e2e;

import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A small internet: hosts behind routers that do NAT, all of which have the same private address,
 * and an outside where servers have public ones.
 *
 * <p>All of it is in network namespaces whose names are seen in a mount namespace of the lab's own.
 * So the kernel takes everything away with the last process inside, however that ends; and these
 * end with us.
 */
final class NatLab implements AutoCloseable {
  /** What a router does with datagrams. */
  enum Kind {
    /** One port outside for each inside, which anybody may send to. */
    FULL_CONE(
        "masquerade",
        "map known { type inet_service : ipv4_addr; flags dynamic, timeout; timeout 5m; }",
        "update @known { udp sport : ip saddr }",
        "dnat to udp dport map @known"),
    /** As before, but only addresses that this port sent to may send to it. */
    ADDRESS_RESTRICTED(
        "masquerade",
        "map known { type inet_service . ipv4_addr : ipv4_addr; flags dynamic, timeout; timeout 5m; }",
        "update @known { udp sport . ip daddr : ip saddr }",
        "dnat to udp dport . ip saddr map @known"),
    /** As before, but only endpoints that this port sent to: what connection tracking does. */
    PORT_RESTRICTED("masquerade", "", "", ""),
    /** Another port outside for each endpoint that is sent to. */
    SYMMETRIC("masquerade random,fully-random", "", "", "");

    private final String out;
    private final String map;
    private final String note;
    private final String in;

    Kind(String out, String map, String note, String in) {
      this.out = out;
      this.map = map;
      this.note = note;
      this.in = in;
    }

    /**
     * What comes in uninvited is dropped without a word: a refusal would close holes. What comes
     * from inside to the address outside is dropped too: there is no hairpin.
     */
    private String rules() {
      return """
      table ip nat {
        %s
        chain in {
          type nat hook prerouting priority dstnat; policy accept;
          %s
        }
        chain out {
          type nat hook postrouting priority srcnat; policy accept;
          oifname "wan" %s
        }
        chain through {
          type filter hook forward priority filter; policy drop;
          iifname "lan" meta l4proto udp %s accept
          ct state established,related accept
          ct status dnat accept
        }
        chain here {
          type filter hook input priority filter; policy drop;
        }
      }
      """
          .formatted(map, in.isEmpty() ? "" : "iifname \"wan\" " + in, out, note);
    }
  }

  /**
   * What the addresses of hosts begin with on their own side, which is the same for all routers.
   */
  static final String INSIDE = "192.168.1.";

  private static final String READY = "ready";

  private final ChildProcess core;
  private final Set<String> namespaces;
  private final Queue<ChildProcess> children = new ConcurrentLinkedQueue<>();

  private NatLab(ChildProcess core, Set<String> namespaces) {
    this.core = core;
    this.namespaces = namespaces;
  }

  /** The lab could not be made; nothing of it is left. */
  static final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient Set<String> namespaces;

    private Fault(String message, Set<String> namespaces) {
      super(message);
      this.namespaces = namespaces;
    }

    /** What had been made when it failed. */
    Set<String> namespaces() {
      return namespaces;
    }
  }

  /** Why no lab can be made on this machine; empty when one can. */
  static Optional<String> obstacle() {
    if (!Account.isRoot()) {
      return Optional.of("only root may make network namespaces");
    }
    for (String tool : List.of("unshare", "nsenter", "ip", "nft", "node")) {
      if (ProcessStarter.find(tool).isEmpty()) {
        return Optional.of("there is no " + tool + " (./dunlin test installs it)");
      }
    }
    String trial =
        BEGIN
            + "ip link add lan type bridge\n"
            + "ip link add one type veth peer name two\n"
            + "nft 'add table ip t; add chain ip t c { type nat hook postrouting priority srcnat; };"
            + " add rule ip t c masquerade fully-random'\n";
    try {
      start(trial).close();
      return Optional.empty();
    } catch (Fault e) {
      return Optional.of("this machine lets root make none: " + e.getMessage());
    }
  }

  /** The namespaces of the holder, and the folder with the names of the others. */
  private static final String BEGIN =
      """
      set -eu
      readlink /proc/self/ns/net /proc/self/ns/mnt
      mount -t tmpfs tmpfs /run
      mkdir /run/netns
      ip link set lo up
      space() {
        ip netns add $1
        stat -Lc 'net:[%i]' /run/netns/$1
        ip -n $1 link set lo up
      }
      """;

  /**
   * @param servers public addresses of the outside
   * @param kinds of the routers
   * @param hostsEach behind each of them; host number i is behind router number i / hostsEach
   * @param last commands of the shell that come last
   */
  static NatLab make(List<String> servers, List<Kind> kinds, int hostsEach, String last) {
    StringBuilder script = new StringBuilder(BEGIN);
    script.append("echo 1 >/proc/sys/net/ipv4/ip_forward\n");
    servers.forEach(address -> script.append("ip addr add " + address + "/32 dev lo\n"));
    for (int i = 0; i < kinds.size(); i++) {
      script.append(
          """
          space r%1$d
          ip link add w%1$d type veth peer name wan netns r%1$d
          ip addr add %2$s peer %3$s dev w%1$d
          ip link set w%1$d up
          ip -n r%1$d addr add %3$s peer %2$s dev wan
          ip -n r%1$d link set wan up
          ip -n r%1$d route add default via %2$s
          ip -n r%1$d link add lan type bridge
          ip -n r%1$d addr add %4$s1/24 dev lan
          ip -n r%1$d link set lan up
          ip netns exec r%1$d sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
          ip netns exec r%1$d nft -f - <<'END'
          %5$s
          END
          """
              .formatted(i, gateway(i), outside(i), INSIDE, kinds.get(i).rules()));
      for (int host = i * hostsEach; host < (i + 1) * hostsEach; host++) {
        script.append(
            """
            space c%1$d
            ip -n r%2$d link add p%1$d type veth peer name eth0 netns c%1$d
            ip -n r%2$d link set p%1$d master lan up
            ip -n c%1$d addr add %3$s%4$d/24 dev eth0
            ip -n c%1$d link set eth0 up
            ip -n c%1$d route add default via %3$s1
            """
                .formatted(host, i, INSIDE, host - i * hostsEach + 2));
      }
    }
    return start(script + last + "\n");
  }

  private static NatLab start(String script) {
    ChildProcess core =
        launch(
            List.of(
                "unshare",
                "--mount",
                "--net",
                "--propagation",
                "private",
                "sh",
                "-c",
                script + "echo " + READY + "\nexec cat"));
    Set<String> namespaces = new TreeSet<>();
    List<String> said = new ArrayList<>();
    try {
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(core.stdout(), StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals(READY)) {
          return new NatLab(core, namespaces);
        }
        (line.matches("(net|mnt):\\[\\d+]") ? namespaces : said).add(line);
      }
      said.add(new String(core.stderr().readAllBytes(), StandardCharsets.UTF_8).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    end(core);
    throw new Fault(String.join(" ", said), namespaces);
  }

  /** The public address of router i. */
  static String outside(int router) {
    return "203.0.113." + (4 * router + 2);
  }

  private static String gateway(int router) {
    return "203.0.113." + (4 * router + 1);
  }

  /** Starts a program on host i; with pipes. */
  ChildProcess onHost(int host, List<String> argv) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", "c" + host));
    all.addAll(argv);
    return enter(List.of("--mount"), all);
  }

  /** Starts a program in the outside; with pipes. */
  ChildProcess outside(List<String> argv) {
    return enter(List.of("--mount", "--net"), argv);
  }

  private ChildProcess enter(List<String> which, List<String> argv) {
    List<String> all = new ArrayList<>(List.of("nsenter", "--target", Long.toString(core.pid())));
    all.addAll(which);
    all.add("--");
    all.addAll(argv);
    ChildProcess child = launch(all);
    children.add(child);
    return child;
  }

  private static ChildProcess launch(List<String> argv) {
    return ProcessStarter.get()
        .start(
            ProcessSpec.of(argv.toArray(String[]::new))
                .withStdio(Stdio.PIPE, Stdio.PIPE, Stdio.PIPE))
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  /** Ends it, and waits until it has. */
  static void end(ChildProcess child) {
    child.killTree();
    child.exit().toCompletionStage().toCompletableFuture().join();
  }

  /** All namespaces of this lab, as the kernel calls them. */
  Set<String> namespaces() {
    return namespaces;
  }

  /** Processes of this lab. */
  List<Long> pids() {
    List<Long> pids = new ArrayList<>(List.of(core.pid()));
    children.forEach(child -> pids.add(child.pid()));
    return pids;
  }

  /** Ends all that runs in it; the kernel does the rest. */
  @Override
  public void close() {
    children.forEach(ChildProcess::killTree);
    children.forEach(NatLab::end);
    end(core);
  }

  /** Those of these namespaces that a process is in, or that are mounted where it can see them. */
  static Set<String> alive(Collection<String> namespaces) {
    Set<String> found = new TreeSet<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        try {
          for (String kind : List.of("net", "mnt")) {
            found.add(Files.readSymbolicLink(process.resolve("ns").resolve(kind)).toString());
          }
          String mounts = Files.readString(process.resolve("mountinfo"));
          namespaces.stream().filter(mounts::contains).forEach(found::add);
        } catch (IOException e) {
          // It has ended meanwhile, and holds nothing any more.
          continue;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    found.retainAll(namespaces);
    return found;
  }

  /** Makes a lab with a program in it and tells of both, until it is killed: for a test. */
  public static void main(String[] arguments) throws IOException {
    NatLab lab = make(List.of("198.51.100.1"), List.of(Kind.SYMMETRIC), 1, "");
    ChildProcess inside = lab.onHost(0, List.of("sh", "-c", "echo up; exec cat"));
    int first = inside.stdout().read();
    if (first != 'u') {
      throw new IOException("no program runs on the host");
    }
    System.out.println(String.join(" ", lab.namespaces()));
    System.out.println(String.join(" ", lab.pids().stream().map(pid -> "" + pid).toList()));
    System.in.transferTo(System.out);
  }
}
