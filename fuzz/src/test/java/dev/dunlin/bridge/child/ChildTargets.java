package dev.dunlin.bridge.child;

import static dev.dunlin.fuzz.Target.require;
import static dev.dunlin.fuzz.Target.requireSame;

import dev.dunlin.bridge.JsonValues;
import dev.dunlin.fuzz.Target;
import dev.dunlin.scheduler.process.BoundedLines;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What back ends write. */
public final class ChildTargets {
  private static final int LINE = 64;

  private ChildTargets() {}

  public static List<Target> all() {
    return List.of(
        Target.ofText("back-end-line", 256 << 10, ChildTargets::line),
        new Target("bounded-lines", 64 << 10, ChildTargets::lines));
  }

  /** No URL, or a command whose parameters can be written and read again, with a value of JSON. */
  private static void line(String line) throws IOException {
    if (!line.startsWith("ipc://")) {
      return;
    }
    BackEnd.Said said;
    try {
      said = BackEnd.Said.of(line);
    } catch (IllegalArgumentException none) {
      return;
    }
    String again =
        "ipc://"
            + said.command()
            + said.params().entrySet().stream()
                .filter(one -> !one.getKey().isEmpty())
                .map(one -> encoded(one.getKey()) + "=" + encoded(one.getValue()))
                .collect(Collectors.joining("&", "?", ""));
    Map<String, String> read = BackEnd.Said.of(again).params();
    said.params()
        .forEach(
            (name, value) -> {
              if (wellFormed(name) && wellFormed(value) && !name.isEmpty()) {
                requireSame(value, String.valueOf(read.get(name)), "parameter " + name);
              }
            });
    BackEnd.number(said.params().get("index"), 0);
    // What goes on to the page.
    JsonValues.read(JsonValues.text(BackEnd.json(said.params().getOrDefault("value", ""))));
  }

  private static boolean wellFormed(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** As a reader that keeps everything reads them, but cut. */
  private static void lines(byte[] input) throws IOException {
    List<String> expected = new ArrayList<>();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int i = 0; i < input.length; i++) {
      boolean end = input[i] == '\n';
      if (!end && !(input[i] == '\r' && i + 1 < input.length && input[i + 1] == '\n')) {
        line.write(input[i]);
      }
      if (end || i == input.length - 1) {
        byte[] all = line.toByteArray();
        expected.add(
            new String(all, 0, Math.min(all.length, LINE), StandardCharsets.UTF_8)
                + (all.length > LINE));
        line.reset();
      }
    }
    List<String> read = new ArrayList<>();
    try (BoundedLines lines = new BoundedLines(new ByteArrayInputStream(input), LINE)) {
      lines.forEach(
          one -> {
            require(one.text().length() <= LINE, "a line is bounded");
            read.add(one.text() + one.truncated());
          });
    }
    requireSame(expected, read, "two readers of lines");
  }
}
