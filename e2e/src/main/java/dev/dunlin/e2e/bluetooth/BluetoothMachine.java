package dev.dunlin.e2e.bluetooth;

import dev.dunlin.e2e.Account;
import dev.dunlin.e2e.ProcessTree;
import dev.dunlin.scheduler.Clock;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.scheduler.Threads;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.ParentDeath;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import dev.dunlin.shell.Trees;
import dev.dunlin.shell.engine.EngineInstallation;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * A virtual machine with a kernel that knows Bluetooth, two virtual controllers that hear each
 * other ({@code hci0}, {@code hci1}) and the real bluetoothd of this system, whose system bus is
 * reached from here.
 *
 * <p>QEMU emulates it in software, so it is ready in 10 to 45 seconds, anywhere. It sees the files
 * of this machine, read only, and no network. Of it, the loopback has one port, with the machine's
 * bus behind it; all else is in a folder that only we may enter.
 *
 * <p><i>Thread:</i> any; all methods block, and tell the machine one thing at a time.
 */
public final class BluetoothMachine implements AutoCloseable {
  /** How long it may take to be ready: the cores may be busy with other suites. */
  public static final Duration BOOT = Duration.ofMinutes(10);

  /** How long anything that it is told may take. */
  public static final Duration ANSWER = Duration.ofMinutes(5);

  /** A longer line of what it prints is cut. */
  private static final int MAX_LINE_BYTES = 64 << 10;

  /** How often another port is tried when somebody was faster. */
  private static final int PORT_TRIES = 5;

  /** How often a condition is looked at that nobody tells us about. */
  private static final long LOOK_MS = 20;

  /** The addresses of hci0 and hci1. */
  public static final List<String> ADDRESSES = List.of("00:AA:01:00:00:42", "00:AA:01:01:00:42");

  private static final Duration END = Duration.ofSeconds(10);
  private static final String READY = "READY";
  private static final String FAILED = "FAILED ";
  private static final String TAKEN = "Could not set up host forwarding";
  private static final char ANSWERED = '\036';
  private static final List<String> SCRIPTS = List.of("image.sh", "init", "guest", "air");
  private static final Map<String, String> TOOLS = new HashMap<>();

  static {
    TOOLS.put("qemu-system-x86_64", "qemu-system-x86");
    TOOLS.put("socat", "socat");
    TOOLS.put("bluetoothctl", "bluez");
    TOOLS.put("btvirt", "bluez-test-tools");
    TOOLS.put("dbus-daemon", "dbus");
    TOOLS.put("/usr/sbin/depmod", "kmod");
    TOOLS.put("/usr/bin/python3", "python3");
    TOOLS.put("busctl", "systemd");
    TOOLS.put("dpkg-deb", "dpkg");
    TOOLS.put("apt-get", "apt");
  }

  private static final Clock CLOCK = new SystemClock();

  private final String marker;
  private final Path folder;
  private final int port;
  private final ChildProcess machine;
  private final List<ChildProcess> children = new ArrayList<>();

  // Guarded by lines: what it has said since it was last told something.
  private final List<String> lines = new ArrayList<>();
  private boolean ended;

  /** It could not be started, or did not do what it was told; says why. Nothing of it is left. */
  public static final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;

    private Fault(String message) {
      super(message);
    }
  }

  /** No machine can be had here; the message names what is missing. */
  public static final class Missing extends RuntimeException {
    private static final long serialVersionUID = 1;

    private Missing(String message) {
      super(message);
    }
  }

  private BluetoothMachine(String marker, Path folder, int port, Path image) {
    this.marker = marker;
    this.folder = folder;
    this.port = port;
    Threads.onExit("bluetooth-machine", this::deleteFolder);
    this.machine = launch(marker, command(image, port, console()), Stdio.PIPE);
    children.add(machine);
    Future.join(
            ChildProcess.readLines(
                "bluetooth-machine",
                machine.stdout(),
                MAX_LINE_BYTES,
                line -> inform(() -> lines.add(line.text()))),
            ChildProcess.readLines(
                "bluetooth-machine-errors",
                machine.stderr(),
                MAX_LINE_BYTES,
                line -> inform(() -> lines.add("qemu: " + line.text()))))
        .onComplete(end -> inform(() -> ended = true));
  }

  /** Where another start of tests may have left it: the kernel's packages are 70 MB. */
  private static Path images() {
    return EngineInstallation.caches().resolve("bluetooth-machine");
  }

  /**
   * What is missing for one on this system, with the packages that have it; empty when all is
   * there. The kernel is fetched with {@link #start}.
   */
  public static Optional<String> obstacle() {
    if (!System.getProperty("os.name").equals("Linux")
        || !System.getProperty("os.arch").equals("amd64")) {
      return Optional.of("a virtual machine with Bluetooth is made on Linux on x86-64 only");
    }
    List<String> missing =
        TOOLS.entrySet().stream()
            .filter(tool -> ProcessStarter.find(tool.getKey()).isEmpty())
            .map(tool -> tool.getKey() + " (package " + tool.getValue() + ")")
            .sorted()
            .toList();
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "there is no "
                + String.join(", no ", missing)
                + ": ./dunlin test --bluetooth installs what it needs");
  }

  /**
   * Starts one and waits until both adapters answer.
   *
   * @throws Missing when there is an {@link #obstacle}, or no kernel can be had
   */
  public static BluetoothMachine start() {
    obstacle()
        .ifPresent(
            why -> {
              throw new Missing(why);
            });
    String marker = "btvm-" + RandomSource.secure().hex128().substring(0, 12);
    try {
      Path image = image(marker);
      for (int i = 1; ; i++) {
        Path folder = ownFolder(Path.of("/tmp", marker));
        BluetoothMachine started = new BluetoothMachine(marker, folder, freePort(), image);
        try {
          started.boot();
          return started;
        } catch (Fault e) {
          String console = read(started.console());
          started.close();
          if (i == PORT_TRIES || !e.getMessage().contains(TAKEN)) {
            throw new Fault(e.getMessage() + "\n" + console);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- its beginning

  /** Kernel and first file system; made once, and anew when a script has changed. */
  private static Path image(String marker) throws IOException {
    CRC32 sum = new CRC32();
    Map<String, byte[]> scripts = new HashMap<>();
    for (String name : SCRIPTS) {
      try (var in = BluetoothMachine.class.getResourceAsStream(name)) {
        scripts.put(name, in.readAllBytes());
        sum.update(scripts.get(name));
      }
    }
    Path image = images().resolve(Long.toHexString(sum.getValue()));
    if (Files.isDirectory(image)) {
      return image;
    }
    // Another start may do the same meanwhile: whoever is first has made it.
    Path unfinished = Files.createDirectories(images()).resolve("unfinished-" + marker);
    Path made = Files.createDirectories(unfinished.resolve("image"));
    try {
      for (Map.Entry<String, byte[]> script : scripts.entrySet()) {
        Files.write(unfinished.resolve(script.getKey()), script.getValue());
      }
      ChildProcess maker =
          launch(
              marker,
              List.of("sh", unfinished.resolve("image.sh").toString(), made.toString()),
              Stdio.NULL);
      String said = new String(maker.stderr().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (maker.exit().toCompletionStage().toCompletableFuture().join() != 0) {
        throw new Missing("there is no kernel with Bluetooth: " + said);
      }
      try {
        Files.move(made, image, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileSystemException e) {
        if (!Files.isDirectory(image)) {
          throw e;
        }
      }
    } finally {
      Trees.delete(unfinished);
    }
    return image;
  }

  private static Path ownFolder(Path folder) throws IOException {
    return Files.createDirectory(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /**
   * In software: KVM is not everywhere, and is not always what it says. A Nehalem, as with more
   * features a self test of the kernel's cryptography crashed. One processor: where the cores of
   * this machine are busy, a second one spins for locks that the first holds while it is not run.
   */
  private static List<String> command(Path image, int port, Path console) {
    String user = Account.run("id", "-u").strip();
    return List.of(
        "qemu-system-x86_64",
        "-accel",
        "tcg,thread=multi",
        "-cpu",
        "Nehalem",
        "-m",
        "512",
        "-nodefaults",
        "-no-user-config",
        "-no-reboot",
        "-display",
        "none",
        "-kernel",
        image.resolve("vmlinuz").toString(),
        "-initrd",
        image.resolve("initrd").toString(),
        "-append",
        "console=ttyS0 quiet loglevel=3 cryptomgr.notests mitigations=off nokaslr tsc=reliable"
            + " no_timer_check panic=-1 dunlin.user="
            + user,
        "-serial",
        "file:" + console,
        "-chardev",
        "stdio,id=told,signal=off",
        "-serial",
        "chardev:told",
        "-fsdev",
        "local,path=/,security_model=none,readonly=on,multidevs=remap,id=host",
        "-device",
        "virtio-9p-pci,fsdev=host,mount_tag=host",
        "-netdev",
        "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:" + port + "-:5555",
        "-device",
        "virtio-net-pci,netdev=net,romfile=");
  }

  private static ChildProcess launch(String marker, List<String> argv, Stdio stdin) {
    return ProcessStarter.get()
        .start(
            ProcessSpec.of(argv.toArray(String[]::new))
                .withVariable(ProcessTree.MARKER, marker)
                .withStdio(stdin, Stdio.PIPE, Stdio.PIPE)
                .withParentDeath(ParentDeath.DIE_WITH_GROUP))
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  private Path console() {
    return folder.resolve("console");
  }

  private void boot() {
    List<String> said = awaitLine(READY::equals, BOOT, "the virtual machine to be ready");
    if (!said.get(said.size() - 1).equals(READY)) {
      throw new Fault("the virtual machine did not start: " + String.join("\n", said));
    }
    // Clients want a socket: a bus at a TCP port needs another transport, which no app has.
    children.add(
        launch(
            marker,
            List.of(
                "socat", "UNIX-LISTEN:" + socket() + ",fork,mode=600", "TCP4:127.0.0.1:" + port),
            Stdio.NULL));
    await(() -> Files.exists(socket()), "the socket " + socket());
  }

  private Path socket() {
    return folder.resolve("bus");
  }

  // ---- what it hears and says

  private void inform(Runnable change) {
    synchronized (lines) {
      change.run();
      lines.notifyAll();
    }
  }

  @FunctionalInterface
  private interface Wanted {
    boolean is(String line);
  }

  /** What it says up to a wanted line, to its failure, or to its end. */
  private List<String> awaitLine(Wanted wanted, Duration longest, String what) {
    List<String> said = new ArrayList<>();
    Duration end = CLOCK.now().plus(longest);
    synchronized (lines) {
      while (true) {
        while (!lines.isEmpty()) {
          String line = lines.remove(0);
          said.add(line);
          if (wanted.is(line)) {
            return said;
          }
        }
        if (ended) {
          said.add("it has ended");
          return said;
        }
        Duration left = end.minus(CLOCK.now());
        if (left.isNegative() || left.isZero()) {
          throw new Fault(
              "waited "
                  + longest.toSeconds()
                  + " s in vain for "
                  + what
                  + "; it said: "
                  + String.join("\n", said));
        }
        try {
          lines.wait(Math.max(1, left.toMillis()));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new Fault("interrupted while waiting for " + what);
        }
      }
    }
  }

  @FunctionalInterface
  private interface Condition {
    boolean holds();
  }

  private void await(Condition condition, String what) {
    Duration end = CLOCK.now().plus(END);
    synchronized (lines) {
      while (!condition.holds()) {
        if (CLOCK.now().compareTo(end) > 0) {
          throw new Fault("waited " + END.toSeconds() + " s in vain for " + what);
        }
        try {
          lines.wait(LOOK_MS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new Fault("interrupted while waiting for " + what);
        }
      }
    }
  }

  /**
   * Runs a line of shell in the machine, as its root, and gives what that printed.
   *
   * @throws Fault if its exit code is not 0
   */
  public synchronized String tell(String line) {
    if (line.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("the machine is told one line at a time");
    }
    try {
      machine.stdin().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      machine.stdin().flush();
    } catch (IOException e) {
      throw new Fault("the virtual machine takes nothing any more: " + e.getMessage());
    }
    List<String> said =
        awaitLine(
            answer -> !answer.isEmpty() && answer.charAt(0) == ANSWERED,
            ANSWER,
            "an answer to: " + line);
    String last = said.remove(said.size() - 1);
    String text = String.join("\n", said);
    if (!last.equals(ANSWERED + "0")) {
      throw new Fault(line + " failed in the virtual machine: " + text + " " + last.strip());
    }
    return text;
  }

  // ---- what one does with it

  /** The address of its system bus, for D-Bus clients that can do Unix sockets. */
  public String busAddress() {
    return "unix:path=" + socket();
  }

  /** The folder of all its files; goes with it. */
  public Path folder() {
    return folder;
  }

  /** The port of the loopback with its bus behind it; closed with it. */
  public int port() {
    return port;
  }

  /**
   * A bluetoothd that knows no device and has these settings, both adapters there and off.
   *
   * @param mtu what it offers, 64 to 517: at less, bluetoothd 5.66 finds no adapter
   * @param channels how many connections for attributes it makes to a peer: with more than one,
   *     notifications overtake each other
   */
  public void reset(int mtu, int channels) {
    tell("reset " + mtu + " " + channels);
  }

  /** {@link #reset(int, int)} with the largest messages, and notifications in order. */
  public void reset() {
    reset(517, 1);
  }

  /** SIGKILL for bluetoothd, which starts again at once. */
  public void crash() {
    tell("crash");
  }

  /** SIGKILL for bluetoothd, which stays away until {@link #release}. */
  public void hold() {
    tell("hold");
  }

  /** Ends a {@link #hold}; returns when both adapters are there. */
  public void release() {
    tell("release");
  }

  /** Switches hci0 or hci1 on or off, as the person at the machine would. */
  public void power(int adapter, boolean on) {
    tell("power " + adapter + " " + on);
  }

  /** Pulls both controllers out. */
  public void unplug() {
    tell("unplug");
  }

  /** Puts both controllers in, and returns when both adapters are there. */
  public void plug() {
    tell("plug && await has_adapters");
  }

  /** How often bluetoothd has been started: a crash of its own is one more. */
  public int daemonStarts() {
    return Integer.parseInt(tell("starts").strip());
  }

  /** What bluetoothd, the controllers and the kernel have said, for reports. */
  public String log() {
    return tell("log");
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- its end

  /** Ends it, and proves that no process, file or port of it is left. */
  @Override
  public void close() {
    children.forEach(ChildProcess::killTree);
    for (ChildProcess child : children) {
      try {
        child
            .exit()
            .toCompletionStage()
            .toCompletableFuture()
            .get(END.toSeconds(), TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException | TimeoutException e) {
        throw new Fault("process " + child.pid() + " of the virtual machine does not end: " + e);
      }
    }
    deleteFolder();
    await(() -> ProcessTree.of(marker).isEmpty(), "the end of its processes");
    List<String> left = left();
    if (!left.isEmpty()) {
      throw new Fault("the virtual machine has left: " + left);
    }
  }

  private void deleteFolder() {
    try {
      Trees.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is there of it: nothing, once it is closed. */
  public List<String> left() {
    List<String> left = new ArrayList<>();
    ProcessTree.of(marker).forEach((pid, command) -> left.add(pid + " " + command));
    if (Files.exists(folder)) {
      left.add(folder.toString());
    }
    try (Stream<Path> unfinished = Files.list(images())) {
      unfinished
          .filter(path -> path.toString().contains(marker))
          .forEach(path -> left.add(path.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      left.add("port " + socket.getPort());
    } catch (IOException e) {
      // Refused, as it should be.
      return left;
    }
    return left;
  }
}
