package dev.dunlin.operator;

import dev.dunlin.shell.operator.OperatorServer;
import dev.dunlin.shell.operator.RunningApps;
import dev.dunlin.shell.operator.RunningApps.RunningApp;
import dev.dunlin.shell.operator.Snapshot;
import dev.dunlin.shell.operator.Watch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The socket of an app, with something to tell that does not change from run to run. */
final class ScriptedApp implements AutoCloseable {
  static final Snapshot.App APP =
      new Snapshot.App(
          "Notes",
          "com.example.notes",
          "1.4.0",
          4711,
          "/home/ada/notes",
          "0.1.0",
          1_764_000_000_000L);

  private final OperatorServer server;
  private final RunningApp app;

  ScriptedApp(Path folder) throws IOException {
    Path socket = folder.resolve(RunningApps.SOCKET);
    server = OperatorServer.listen(socket, Script::new);
    app = new RunningApp(4711, APP.bundleId(), APP.title(), Path.of(APP.folder()), socket);
  }

  RunningApp app() {
    return app;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private static final class Script implements Watch {
    private final AtomicInteger sequence = new AtomicInteger();

    @Override
    public Snapshot next() {
      return snapshot(sequence.incrementAndGet());
    }

    @Override
    public void close() {
      sequence.set(0);
    }
  }

  static Snapshot snapshot(int sequence) {
    long wave = Math.round(400 + 300 * Math.sin(sequence / 6.0));
    return new Snapshot(
        sequence,
        1_764_000_000_000L + 1_000L * sequence,
        1_000_000,
        800 + 40 * (sequence % 7),
        APP,
        new Snapshot.Rate(wave, sequence % 9 == 0 ? 12 : 0, 210, 1_800 + 30 * (sequence % 11)),
        List.of(
            new Snapshot.Command("fs/readFile", 90L * sequence, 90, 2, 450, 2_300),
            new Snapshot.Command("os/cpus", 60L * sequence, 60, 0, 90, 310),
            new Snapshot.Command("handle/udp/send", 200L * sequence, 200, 0, 120, 700),
            new Snapshot.Command("child-process/spawn", 3, 0, 1, 8_200, 14_000),
            new Snapshot.Command("console/write", 44L * sequence, 44, 0, 30, 95)),
        List.of(
            new Snapshot.Denial(
                "ipc://fs/readFile/home/ada/.ssh/id_ed25519",
                "connect-src",
                "fs/readFile",
                3,
                1_764_000_000_000L),
            new Snapshot.Denial(
                "ipc://udp/bind/0.0.0.0:5353", "connect-src", "udp/bind", 1, 1_764_000_000_000L)),
        List.of(
            new Snapshot.Lane("call", wave, 3 << 20, 7),
            new Snapshot.Lane("stream", 12, 41 << 20, 2),
            new Snapshot.Lane("blob", 1, 900 << 20, 0)),
        List.of(
            new Snapshot.Queue("short looks at the disk", "calls", 0),
            new Snapshot.Queue("replies for pages", "characters", 1_204),
            new Snapshot.Queue("events for pages", "events", 3),
            new Snapshot.Queue("pushes for pages", "bytes", 65_536),
            new Snapshot.Queue("open: udp", "handles", 2)),
        things(sequence),
        List.of(
            new Snapshot.Process(4711, "app", 148L << 20),
            new Snapshot.Process(4720, "zygote", 21L << 20),
            new Snapshot.Process(4731, "renderer", 64L << 20),
            new Snapshot.Process(4733, "gpu-process", 38L << 20),
            new Snapshot.Process(4740, "network", 19L << 20),
            new Snapshot.Process(4799, "node", 44L << 20)),
        List.of(
            new Snapshot.Line(
                1_764_000_000_000L + 1_000L * sequence, "stdout", "[info] synced " + sequence),
            new Snapshot.Line(
                1_764_000_000_000L + 1_000L * sequence,
                "stderr",
                "[error] save failed (notes.js:" + sequence + ")")),
        0);
  }

  private static List<Snapshot.Thing> things(int sequence) {
    List<Map<String, Object>> links = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      links.add(
          Map.of(
              "peerId",
              (char) ('a' + i) + "3f09c77e21b40d5",
              "address",
              "198.51.100." + (i + 7) + ":9777",
              "natName",
              i % 3 == 0 ? "endpoint restricted" : "unrestricted",
              "proxied",
              i % 3 == 0));
    }
    Map<String, Object> bus = new LinkedHashMap<>();
    bus.put("peerId", "5ac31f09c77e21b4");
    bus.put("clusterId", "c1057e4000000000");
    bus.put("natName", "unrestricted");
    bus.put("links", links);
    return List.of(
        new Snapshot.Thing(
            0,
            "udp",
            Map.of(
                "local",
                "0.0.0.0:41234",
                "received",
                91L * sequence,
                "receivedBytes",
                91_000L * sequence,
                "sent",
                200L * sequence,
                "sentBytes",
                204_800L * sequence,
                "dropped",
                0,
                "waitingBytes",
                0)),
        new Snapshot.Thing(
            1, "udp", Map.of("local", "[::]:50001", "remote", "[2001:db8::7]:53", "received", 4)),
        new Snapshot.Thing(0, "network", bus),
        new Snapshot.Thing(-1, "bluetooth", Map.of("available", true, "canAdvertise", true)),
        new Snapshot.Thing(
            0,
            "bluetooth",
            Map.of(
                "id",
                "f00dcafe",
                "name",
                "Heart rate strap",
                "connected",
                true,
                "attributes",
                9,
                "subscriptions",
                1,
                "services",
                List.of("0000180d-0000-1000-8000-00805f9b34fb"))),
        new Snapshot.Thing(
            -1,
            "process",
            Map.of("name", "node backend/backend.js", "running", true, "pid", 4799, "failures", 0)),
        new Snapshot.Thing(
            0, "child-process", Map.of("name", "/usr/bin/git", "running", false, "pid", 4802)));
  }
}
