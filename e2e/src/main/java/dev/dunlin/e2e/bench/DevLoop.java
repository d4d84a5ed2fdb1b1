package dev.dunlin.e2e.bench;

import dev.dunlin.e2e.RunningApp;
import dev.dunlin.scheduler.Clock;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** From a file that is written to the frame that shows it, both by the machine's calendar clock. */
final class DevLoop {
  private static final int CHANGES = 15;

  /** Longest wait for npm, once. */
  private static final Duration INSTALL = Duration.ofMinutes(3);

  private static final Clock CLOCK = new SystemClock();

  private DevLoop() {}

  static boolean isRegistryThere() {
    return ProcessStarter.get()
            .start(
                ProcessSpec.of("npm", "ping", "--fetch-timeout=15000", "--fetch-retries=1")
                    .withStdio(Stdio.NULL, Stdio.NULL, Stdio.NULL))
            .compose(ChildProcess::exit)
            .toCompletionStage()
            .toCompletableFuture()
            .join()
        == 0;
  }

  /** A style of a plain app: the page is loaded anew. */
  static List<Double> css(RunningApp app) throws IOException {
    Path style = app.app().resolve("src/style.css");
    app.awaitLine("mark 0 at ");
    return changes(app, style, Files.readString(style), "--mark: 0");
  }

  /** A component of the template react: it is replaced in the page. */
  static List<Double> hmr(RunningApp app) throws IOException {
    Path component = app.app().resolve("src/NoteList.tsx");
    String text =
        Files.readString(component)
            .replace(
                "export default function NoteList ({ notes, chosen, query, onQuery, onChoose,"
                    + " onAdd }: Props) {",
                "const MARK = 0\n"
                    + "export default function NoteList ({ notes, chosen, query, onQuery, onChoose,"
                    + " onAdd }: Props) {\n"
                    + "  requestAnimationFrame(() => requestAnimationFrame(() => console.log(`mark"
                    + " ${MARK} at ${performance.timeOrigin + performance.now()}`)))");
    if (!text.contains("MARK")) {
      throw new IllegalStateException("the template has changed: mend this bench");
    }
    // While npm is at work: the page begins with it.
    Files.writeString(component, text);
    app.await(() -> app.log().contains("mark 0 at "), "the page of Vite", INSTALL);
    return changes(app, component, text, "MARK = 0");
  }

  private static List<Double> changes(RunningApp app, Path file, String text, String mark)
      throws IOException {
    List<Double> all = new ArrayList<>();
    for (int i = 1; i <= CHANGES; i++) {
      double before = Bench.epochMs(CLOCK.wallTime());
      Files.writeString(file, text.replace(mark, mark.replace("0", String.valueOf(i))));
      String told = "mark " + i + " at ";
      String line = app.awaitLine(told).text();
      all.add(
          Double.parseDouble(line.substring(line.indexOf(told) + told.length()).strip()) - before);
    }
    // The first change is also that of the watch's own start, and of Vite's first look at the file.
    return all.subList(1, all.size());
  }
}
