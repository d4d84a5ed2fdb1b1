package dev.dunlin.operator;

import dev.dunlin.operator.OperatorMain.Finder;
import dev.dunlin.operator.OperatorMain.Wanted;
import dev.dunlin.shell.operator.RunningApps.RunningApp;
import dev.dunlin.shell.operator.Snapshot;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javafx.application.Platform;
import javafx.geometry.Insets;
import javafx.geometry.Pos;
import javafx.scene.Scene;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.control.Tab;
import javafx.scene.control.TabPane;
import javafx.scene.control.ToggleButton;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.stage.FileChooser;
import javafx.stage.Stage;

/** The window. Thread: JavaFX', but what the feed tells. */
final class OperatorWindow {
  private static final double WIDTH = 1120;
  private static final double HEIGHT = 740;

  private final Stage stage;
  private final Finder finder;
  private final ConsoleView console = new ConsoleView();
  private final List<View> views =
      List.of(
          new OverviewView(),
          new CommandsView(),
          new DenialsView(),
          new LanesView(),
          new NetworkView(),
          new BluetoothView(),
          new ProcessesView(),
          console);
  private final Label title = new Label("No app");
  private final Label facts = new Label();
  private final Label status = new Label();
  private final ToggleButton record = new ToggleButton("Record…");
  private final Button open = new Button("Open recording…");
  private final Button live = new Button("Back to the app");
  private final Slider slider = new Slider();
  private final Label moment = new Label();
  private final HBox timeline = new HBox(10, slider, moment);

  private History history = new History(Chart.POINTS);
  private Optional<RunningApp> app = Optional.empty();
  private Optional<Feed> feed = Optional.empty();
  private Optional<Recorder> recorder = Optional.empty();
  private Optional<Recording> recording = Optional.empty();

  OperatorWindow(Stage stage, Finder finder) {
    this.stage = stage;
    this.finder = finder;
  }

  void show(Wanted wanted) {
    build();
    stage.show();
    wanted.app().ifPresent(this::watch);
    wanted.record().ifPresent(file -> record(file, Recorder::new));
    wanted.recording().ifPresent(this::open);
  }

  private void build() {
    title.setId("app");
    title.getStyleClass().add("app");
    facts.setId("facts");
    facts.getStyleClass().add("quiet");
    status.setId("status");
    status.setWrapText(true);
    record.setId("record");
    open.setId("open");
    live.setId("live");
    slider.setId("slider");
    moment.setId("moment");
    Region space = new Region();
    HBox.setHgrow(space, Priority.ALWAYS);
    HBox bar = new HBox(10, new VBox(1, title, facts), space, live, record, open);
    bar.setAlignment(Pos.CENTER_LEFT);
    VBox top = new VBox(6, bar, status);
    top.setPadding(new Insets(12, 16, 8, 16));
    top.getStyleClass().add("top");
    TabPane tabs = new TabPane();
    tabs.setId("tabs");
    tabs.setTabClosingPolicy(TabPane.TabClosingPolicy.UNAVAILABLE);
    for (View view : views) {
      Tab tab = new Tab(view.title(), view.node());
      tab.setId("tab-" + view.title().toLowerCase(java.util.Locale.ROOT));
      tabs.getTabs().add(tab);
    }
    HBox.setHgrow(slider, Priority.ALWAYS);
    timeline.setPadding(new Insets(8, 16, 10, 16));
    timeline.setAlignment(Pos.CENTER_LEFT);
    shown(timeline, false);
    shown(live, false);
    slider
        .valueProperty()
        .addListener((value, before, now) -> recording.ifPresent(one -> at(one, now.intValue())));
    record.setOnAction(click -> recordOrStop());
    open.setOnAction(click -> chooseRecording());
    live.setOnAction(click -> app.ifPresent(this::watch));
    stage.setOnCloseRequest(close -> close());
    BorderPane root = new BorderPane(tabs, top, null, timeline, null);
    Scene scene = new Scene(root, WIDTH, HEIGHT);
    scene.getStylesheets().add(OperatorWindow.class.getResource("operator.css").toExternalForm());
    stage.setScene(scene);
    stage.setMinWidth(760);
    stage.setMinHeight(520);
    stage.setTitle("Dunlin Operator");
    say("", State.QUIET);
  }

  private enum State {
    QUIET,
    LIVE,
    WAITS,
    FAULT
  }

  private void say(String words, State state) {
    status.setText(words);
    status.getStyleClass().removeAll("live", "waits", "fault");
    status.getStyleClass().add(state.name().toLowerCase(java.util.Locale.ROOT));
    shown(status, !words.isEmpty());
  }

  private static void shown(Region region, boolean yes) {
    region.setVisible(yes);
    region.setManaged(yes);
  }

  // ---- a running app

  private void watch(RunningApp wanted) {
    closeRecording();
    feed.ifPresent(Feed::close);
    app = Optional.of(wanted);
    history = new History(Chart.POINTS);
    console.clear();
    shown(live, false);
    shown(timeline, false);
    record.setDisable(false);
    say("Attaching to " + wanted + " …", State.QUIET);
    feed = Optional.of(Feed.of(wanted, finder, new Told()));
  }

  /** From the feed's thread to JavaFX'. */
  private final class Told implements Feed.Listener {
    @Override
    public void attached(RunningApp now) {
      Platform.runLater(
          () -> {
            if (isLive()) {
              app = Optional.of(now);
              say("Attached to process " + now.pid(), State.LIVE);
            }
          });
    }

    @Override
    public void told(Snapshot snapshot) {
      Platform.runLater(
          () -> {
            if (isLive()) {
              history.add(snapshot);
              display(snapshot, history.until(snapshot.atMillis(), Chart.POINTS));
              keep(snapshot);
            }
          });
    }

    @Override
    public void waits(String why) {
      Platform.runLater(
          () -> {
            if (isLive()) {
              say(why, State.WAITS);
            }
          });
    }

    private boolean isLive() {
      return recording.isEmpty();
    }
  }

  private void display(Snapshot snapshot, List<History.Point> points) {
    Snapshot.App shown = snapshot.app();
    title.setText(shown.title().isEmpty() ? shown.bundleId() : shown.title());
    facts.setText(
        shown.bundleId()
            + " "
            + shown.version()
            + "  ·  process "
            + shown.pid()
            + "  ·  "
            + shown.folder()
            + "  ·  Dunlin "
            + shown.dunlin());
    stage.setTitle(title.getText() + " – Dunlin Operator");
    views.forEach(view -> view.show(snapshot, points));
  }

  // ---- recording

  private void recordOrStop() {
    if (recorder.isPresent()) {
      stopRecording();
      return;
    }
    FileChooser chooser = chooser("Record to");
    // The dialog asks before it gives the name of what is there.
    Optional.ofNullable(chooser.showSaveDialog(stage))
        .map(File::toPath)
        .ifPresent(file -> record(file, Recorder::replacing));
    record.setSelected(recorder.isPresent());
  }

  private interface Begin {
    Recorder at(Path file) throws IOException;
  }

  private void record(Path file, Begin begin) {
    try {
      recorder = Optional.of(begin.at(file));
      record.setSelected(true);
      record.setText("Stop recording");
    } catch (IOException e) {
      say("can't record to " + file + ": " + e.getMessage(), State.FAULT);
    }
  }

  private void keep(Snapshot snapshot) {
    try {
      if (recorder.isPresent()) {
        recorder.get().add(snapshot);
      }
    } catch (IOException e) {
      stopRecording();
      say("the recording has stopped: " + e.getMessage(), State.FAULT);
    }
  }

  private void stopRecording() {
    try {
      if (recorder.isPresent()) {
        recorder.get().close();
      }
    } catch (IOException e) {
      say("the recording is not whole: " + e.getMessage(), State.FAULT);
    }
    recorder = Optional.empty();
    record.setSelected(false);
    record.setText("Record…");
  }

  private static FileChooser chooser(String title) {
    FileChooser chooser = new FileChooser();
    chooser.setTitle(title);
    chooser.setInitialFileName("operator.jsonl");
    chooser
        .getExtensionFilters()
        .addAll(
            new FileChooser.ExtensionFilter("Recordings", "*.jsonl"),
            new FileChooser.ExtensionFilter("All files", "*"));
    return chooser;
  }

  private void chooseRecording() {
    Optional.ofNullable(chooser("Open a recording").showOpenDialog(stage))
        .map(File::toPath)
        .ifPresent(this::open);
  }

  void open(Path file) {
    Recording opened;
    try {
      opened = Recording.open(file);
    } catch (IOException e) {
      say(e.getMessage(), State.FAULT);
      return;
    }
    stopRecording();
    closeRecording();
    feed.ifPresent(Feed::close);
    feed = Optional.empty();
    recording = Optional.of(opened);
    record.setDisable(true);
    shown(live, app.isPresent());
    shown(timeline, opened.size() > 1);
    say(
        "Recording "
            + file
            + ", "
            + Figures.count(opened.size())
            + " snapshots"
            + (opened.isTruncated() ? "; its end is not shown" : ""),
        State.QUIET);
    slider.setMin(0);
    slider.setMax(opened.size() - 1);
    slider.setBlockIncrement(1);
    if (slider.getValue() == opened.size() - 1) {
      at(opened, opened.size() - 1);
    } else {
      slider.setValue(opened.size() - 1);
    }
  }

  private void at(Recording shown, int index) {
    try {
      Snapshot snapshot = shown.at(index);
      moment.setText(
          Figures.time(snapshot.atMillis()) + "   " + (index + 1) + " of " + shown.size());
      console.clear();
      display(snapshot, shown.history().until(snapshot.atMillis(), Chart.POINTS));
    } catch (IOException e) {
      say(e.getMessage(), State.FAULT);
    }
  }

  private void closeRecording() {
    recording.ifPresent(
        one -> {
          try {
            one.close();
          } catch (IOException e) {
            say("the recording did not close: " + e.getMessage(), State.FAULT);
          }
        });
    recording = Optional.empty();
  }

  void close() {
    feed.ifPresent(Feed::close);
    feed = Optional.empty();
    stopRecording();
    closeRecording();
  }
}
