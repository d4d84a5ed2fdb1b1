package dev.dunlin.shell.app;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.shell.update.UpdateException;
import dev.dunlin.shell.update.UpdateException.Code;
import dev.dunlin.shell.update.Updater;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** {@code ipc://application/update…}: see docs/updates.md. */
final class UpdateCommands {
  /** Event of a download: {@code {done, total, source}}, in bytes. */
  static final String PROGRESS = "applicationupdateprogress";

  /** Most events of one download, beside the first: the page is told of each hundredth. */
  private static final int STEPS = 100;

  private final Optional<InstalledRun> app;
  private final BiConsumer<Integer, Map<String, Object>> progress;
  private final Runnable restart;

  /**
   * @param progress tells a window
   * @param restart ends the app, and opens it again
   */
  UpdateCommands(
      Optional<InstalledRun> app,
      BiConsumer<Integer, Map<String, Object>> progress,
      Runnable restart) {
    this.app = app;
    this.progress = progress;
    this.restart = restart;
  }

  /** Of an app that is not installed. */
  static UpdateCommands none() {
    return new UpdateCommands(Optional.empty(), (window, detail) -> {}, () -> {});
  }

  List<Command> all() {
    return List.of(
        command("updateCheck", this::check),
        command("updateDownload", this::download),
        command("updateApply", this::apply),
        command("updateHealthy", this::healthy));
  }

  private static Command command(String function, Function<Call, Object> work) {
    return Command.answering(
        function,
        call -> {
          try {
            return work.apply(call);
          } catch (UpdateException e) {
            throw new BridgeError("Error", "ERR_UPDATE_" + e.code(), e.getMessage());
          }
        });
  }

  private InstalledRun installed() {
    return app.orElseThrow(
        () ->
            new UpdateException(
                Code.NONE, "only an installed app has updates: see docs/updates.md"));
  }

  private Object check(Call call) {
    Map<String, Object> answer = new HashMap<>();
    answer.put("running", installed().app().version().toString());
    Optional<Updater.Offer> offer = installed().updater().check();
    answer.put("version", offer.map(o -> o.version().toString()).orElse(null));
    answer.put("downloadBytes", offer.map(Updater.Offer::downloadBytes).orElse(0L));
    answer.put("source", offer.map(Updater.Offer::source).orElse(null));
    return answer;
  }

  private Object download(Call call) {
    Updates progress = new Updates(call.caller().window());
    String version = installed().updater().download(progress, call::isCancelled).toString();
    return Map.of("version", version);
  }

  /** What a window is told of a download. Thread: that of the download. */
  private final class Updates implements Updater.Progress {
    private final int window;
    private int last = -1;

    /** Of the offer's manifest, until files come. */
    private Optional<String> source = Optional.empty();

    Updates(int window) {
      this.window = window;
    }

    @Override
    public void from(String source) {
      this.source = Optional.of(source);
      last = -1;
    }

    @Override
    public void at(long done, long total) {
      int step = total == 0 ? STEPS : (int) (done * STEPS / total);
      if (step != last) {
        last = step;
        Map<String, Object> detail = new HashMap<>();
        detail.put("done", done);
        detail.put("total", total);
        detail.put("source", source.orElse(null));
        progress.accept(window, detail);
      }
    }
  }

  private Object apply(Call call) {
    String version = installed().updater().apply().toString();
    if (call.param("restart").map(wanted -> wanted.asBoolean()).orElse(false)) {
      restart.run();
    }
    return Map.of("version", version);
  }

  private Object healthy(Call call) {
    try {
      if (app.isPresent()) {
        app.get().confirm();
      }
      return null;
    } catch (IOException e) {
      throw new UpdateException(
          Code.DISK, "the state of updates can't be written: " + e.getMessage(), e);
    }
  }
}
