package dev.dunlin.shell.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.bt.bluez.MockBus;
import dev.dunlin.bt.contract.ContractPeer;
import dev.dunlin.scheduler.Threads;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** {@code dunlin bt} on BlueZ as dbusmock has it. */
class BtCommandTest {
  private static final String PEER = "02:00:00:00:00:02";

  private static MockBus bus;
  private static MockBus.Peer bluez;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void startBluez() throws IOException {
    MockBus.assumeThere();
    bus = MockBus.start("");
    bluez = bus.startBluez(0);
  }

  @AfterAll
  static void stopBluez() {
    if (bus != null) {
      bus.close();
    }
  }

  @Test
  void listsWhatIsFound() {
    assertEquals(0, bt("scan", "--seconds", "0.3"), err.toString());
    List<String> lines = out.toString().lines().toList();
    assertEquals(2, lines.size(), out.toString());
    assertTrue(lines.get(0).startsWith("ADDRESS "), lines.get(0));
    assertTrue(
        lines.get(1).matches(PEER + " +\\? +Contract +" + ContractPeer.SERVICE + " 0xffff=010203"),
        lines.get(1));
  }

  @Test
  void listsAsJsonAndByFilter() {
    assertEquals(0, bt("scan", "--seconds", "0.3", "--json", "--service", "180d"));
    assertEquals("", out.toString());
    assertEquals(0, bt("scan", "--seconds", "0.3", "--json", "--name", "Con"), err.toString());
    JsonObject found = new JsonObject(out.toString());
    assertEquals(PEER, found.getString("address"));
    assertEquals("010203", found.getJsonObject("manufacturerData").getString("0xffff"));
  }

  @Test
  void showsWhatADeviceHas() {
    assertEquals(0, bt("inspect", PEER, "--values"), err.toString());
    String shown = out.toString();
    assertTrue(shown.contains("service " + ContractPeer.SERVICE), shown);
    assertTrue(
        shown.contains(
            "  characteristic " + ContractPeer.VALUE + "  read, write  68656c6c6f  \"hello\""),
        shown);
    assertTrue(shown.contains("    descriptor 2901  612076616c7565  \"a value\""), shown);
    assertTrue(shown.contains("not permitted"), "what is refused is said: " + shown);
  }

  @Test
  void readsAndWrites() {
    String characteristic = ContractPeer.COMMAND.toString();
    assertEquals(
        0, bt("write", PEER, characteristic, "0aff", "--without-response"), err.toString());
    assertEquals("2 bytes written\n", out.toString());
    out.getBuffer().setLength(0);
    assertEquals(0, bt("read", PEER, characteristic, "--json"), err.toString());
    assertEquals("{\"value\":\"0aff\"}\n", out.toString());
  }

  @Test
  void showsNotifications() throws Exception {
    Thread sender = send(() -> out.toString().isEmpty());
    assertEquals(
        0,
        bt("notify", PEER, ContractPeer.NOTIFYING.toString(), "--count", "3", "--seconds", "30"),
        err.toString());
    sender.join();
    List<String> lines = new ArrayList<>(out.toString().lines().toList());
    assertEquals(3, lines.size());
    assertTrue(lines.stream().allMatch(line -> line.matches("000[012]")), lines.toString());
  }

  @Test
  void letsTheDeviceGoWhenItIsInterrupted() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                BtProcess.class.getName(),
                "notify",
                PEER,
                ContractPeer.NOTIFYING.toString(),
                "--bus",
                bus.address())
            .start();
    try (BufferedReader lines = process.inputReader();
        BufferedReader errors = process.errorReader()) {
      Thread sender = send(() -> process.isAlive());
      assertTrue(lines.readLine().matches("000[012]"));
      assertEquals("True", connected(sender));
      new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();
      assertTrue(process.waitFor(30, TimeUnit.SECONDS), "it ends");
      assertEquals(130, process.exitValue());
      assertEquals("False", bluez.tell("connected"));
      assertEquals(List.of(), errors.lines().toList(), "who has pressed Ctrl-C knows why it ends");
    } finally {
      process.destroyForcibly();
    }
  }

  private static String connected(Thread sender) throws Exception {
    sender.interrupt();
    sender.join();
    return bluez.tell("connected");
  }

  /** Sends values as long as it is so: who has subscribed is not told. */
  private static Thread send(BooleanSupplier on) {
    return Threads.start(
        "sender",
        () -> {
          try {
            while (!Thread.currentThread().isInterrupted() && on.getAsBoolean()) {
              bluez.tell("send 3");
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** The command in a process of its own. */
  static final class BtProcess {
    public static void main(String[] words) {
      System.exit(new CommandLine(new BtCommand()).execute(words));
    }
  }

  @Test
  void advertises() {
    assertEquals(
        0,
        bt(
            "advertise",
            "--name",
            "Me",
            "--service",
            "180d",
            "--manufacturer",
            "0xffff=01",
            "--seconds",
            "0.2"),
        err.toString());
    assertTrue(out.toString().startsWith("advertising as "), out.toString());
  }

  @Test
  void saysWhatIsWrong() {
    assertEquals(2, bt("read", PEER, "no uuid"));
    assertTrue(err.toString().contains("is no UUID"), err.toString());
    assertEquals(2, bt("write", PEER, ContractPeer.VALUE.toString(), "0g"));
    assertTrue(err.toString().contains("is not hex"), err.toString());
    assertEquals(1, bt("read", PEER, "2a37"));
    assertTrue(err.toString().contains("no characteristic 2a37"), err.toString());
    assertEquals(1, bt("read", "02:00:00:00:00:77", "2a37", "--timeout", "0.3"));
    assertTrue(err.toString().contains("was not heard"), err.toString());
    assertEquals(2, bt("advertise", "--manufacturer", "x=01"));
    assertTrue(err.toString().contains("0x0000 to 0xffff"), err.toString());
  }

  @Test
  void saysWhyThereIsNoBluetooth() {
    assertEquals(1, line().execute("scan", "--bus", "unix:path=/nowhere"));
    assertTrue(
        err.toString().contains("no D-Bus system bus at unix:path=/nowhere"), err.toString());
    assertTrue(err.toString().contains("systemctl start dbus"), err.toString());
  }

  @Test
  void showsBytesAsTextOnlyIfTheyAreHarmlessText() {
    assertEquals("(empty)", BtCommand.readable(Buffer.buffer()));
    assertEquals("c3a4  \"ä\"", BtCommand.readable(Buffer.buffer("ä")));
    assertEquals("1b5b", BtCommand.readable(Buffer.buffer("\u001b[")));
    assertEquals("ff", BtCommand.readable(Buffer.buffer(new byte[] {-1})));
  }

  private int bt(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--bus", bus.address()));
    return line().execute(all.toArray(String[]::new));
  }

  private CommandLine line() {
    return new CommandLine(new BtCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true));
  }
}
