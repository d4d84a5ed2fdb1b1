package dev.dunlin.bt.bluez;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A private bus, and BlueZ as python3-dbusmock has it. */
public final class MockBus implements AutoCloseable {
  private static final String PYTHON = "/usr/bin/python3";

  private static final String MISSING =
      "python3-dbusmock or dbus-daemon is not here: BlueZ' mock is not tried (apt-get install"
          + " python3-dbusmock dbus)";

  private final Path folder;
  private final Process daemon;
  private Peer peer;

  private MockBus(Path folder, Process daemon) {
    this.folder = folder;
    this.daemon = daemon;
  }

  /** Skips the test, by name, where the programs are missing. */
  public static void assumeThere() {
    boolean there = isThere();
    if (!there) {
      System.err.println("SKIPPED: " + MISSING);
    }
    assumeTrue(there, MISSING);
  }

  private static boolean isThere() {
    try {
      Process python =
          new ProcessBuilder(
                  PYTHON,
                  "-c",
                  "import dbus, dbusmock, gi; import shutil, sys;"
                      + " sys.exit(0 if shutil.which('dbus-daemon') else 1)")
              .redirectErrorStream(true)
              .start();
      python.getInputStream().readAllBytes();
      return python.waitFor(30, TimeUnit.SECONDS) && python.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Starts a bus.
   *
   * @param rule another rule of its policy, such as a deny; may be empty
   */
  public static MockBus start(String rule) throws IOException {
    Path folder = Files.createTempDirectory("dunlin-bus");
    Path config = folder.resolve("bus.conf");
    Files.writeString(
        config,
        "<busconfig><type>system</type><listen>unix:path="
            + folder.resolve("bus.sock")
            + "</listen><auth>EXTERNAL</auth><policy context=\"default\"><allow user=\"*\"/>"
            + "<allow own=\"*\"/>"
            + allow("send")
            + allow("receive")
            + "</policy><policy context=\"mandatory\">"
            + rule
            + "</policy></busconfig>");
    Process daemon =
        new ProcessBuilder(
                "dbus-daemon", "--config-file=" + config, "--nofork", "--print-address=1")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    // Its address is printed when it listens.
    new BufferedReader(new InputStreamReader(daemon.getInputStream(), StandardCharsets.UTF_8))
        .readLine();
    return new MockBus(folder, daemon);
  }

  private static String allow(String direction) {
    StringBuilder rules = new StringBuilder();
    for (String type : new String[] {"method_call", "method_return", "signal", "error"}) {
      rules.append("<allow ").append(direction).append("_type=\"").append(type).append("\"/>");
    }
    return rules.toString();
  }

  /** The bus itself passes nothing on any more, or goes on. */
  public void stop(boolean stopped) throws IOException, InterruptedException {
    stop(daemon, stopped);
  }

  private static void stop(Process process, boolean stopped)
      throws IOException, InterruptedException {
    new ProcessBuilder("kill", stopped ? "-STOP" : "-CONT", String.valueOf(process.pid()))
        .start()
        .waitFor();
  }

  public String address() {
    return "unix:path=" + folder.resolve("bus.sock");
  }

  /** Starts BlueZ, with the device of the contract and so many characteristics more. */
  public Peer startBluez(int more) throws IOException {
    Path script = folder.resolve("peer.py");
    try (InputStream in = MockBus.class.getResourceAsStream("peer.py")) {
      Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
    }
    return startPeer(script, String.valueOf(more), address());
  }

  /** Starts a program in Python that says "ready" and then does what it is asked. */
  public Peer startPeer(Path script, String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of(PYTHON, script.toString()));
    command.addAll(List.of(words));
    Process process =
        new ProcessBuilder(command).redirectError(folder.resolve("peer.log").toFile()).start();
    peer = new Peer(process);
    String ready = peer.out.readLine();
    if (!"ready".equals(ready)) {
      throw new IOException(
          "the mock said " + ready + ": " + Files.readString(folder.resolve("peer.log")));
    }
    return peer;
  }

  @Override
  public void close() {
    if (peer != null) {
      peer.kill();
    }
    // Also one that was stopped.
    daemon.destroyForcibly();
    try {
      daemon.waitFor();
      try (var files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The process that is BlueZ. */
  public static final class Peer {
    private final Process process;
    private final BufferedReader out;
    private final BufferedWriter in;

    Peer(Process process) {
      this.process = process;
      this.out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      this.in = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Has it do something; the rest of its answer's line, "ok …" or "no …". */
    public String ask(String command) throws IOException {
      in.write(command);
      in.newLine();
      in.flush();
      return out.readLine();
    }

    public String tell(String command) throws IOException {
      String answer = ask(command);
      if (answer == null || !answer.startsWith("ok")) {
        throw new IOException(command + ": " + answer);
      }
      return answer.substring(2).strip();
    }

    /** As a crash ends it. */
    public void kill() {
      process.destroyForcibly();
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** It answers nothing any more, or goes on. */
    public void stop(boolean stopped) throws IOException, InterruptedException {
      MockBus.stop(process, stopped);
    }
  }
}
