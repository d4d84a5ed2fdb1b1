package dev.dunlin.shell.app;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bt.Device;
import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.PairingAgent.Answer;
import dev.dunlin.bt.PairingAgent.Question;
import dev.dunlin.bt.commands.BluetoothPerson;
import dev.dunlin.bt.commands.Candidates;
import dev.dunlin.shell.engine.BrowserWindow;
import dev.dunlin.shell.engine.Scale;
import io.vertx.core.Future;
import java.awt.Frame;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import javax.swing.JOptionPane;

/** Asks the person at a window about Bluetooth devices. */
final class BluetoothDialogs implements BluetoothPerson {
  /** Digits of a passkey, as Bluetooth has it. */
  private static final String PASSKEY = "%06d";

  private final String app;
  private final IntFunction<Optional<BrowserWindow>> windows;
  private final boolean headless;
  private final Supplier<Future<Boolean>> dark;

  /** Windows in which a chooser stands. */
  private final Set<Integer> asking = ConcurrentHashMap.newKeySet();

  /**
   * @param app the app's name
   * @param headless nobody is at the screen
   * @param dark whether the desktop is
   */
  BluetoothDialogs(
      String app,
      IntFunction<Optional<BrowserWindow>> windows,
      boolean headless,
      Supplier<Future<Boolean>> dark) {
    this.app = app;
    this.windows = windows;
    this.headless = headless;
    this.dark = dark;
  }

  private Future<BrowserWindow> window(int index) {
    if (headless) {
      return Future.failedFuture(
          new BridgeError(
              "NotAllowedError",
              "ERR_NO_PERSON",
              "nobody is at the screen to choose a device: this run is headless"));
    }
    return windows
        .apply(index)
        .map(Future::succeededFuture)
        .orElseGet(
            () ->
                Future.failedFuture(
                    new BridgeError(
                        "NotFoundError", "ERR_NO_WINDOW", "this page has no window of its own")));
  }

  @Override
  public Future<Void> requireGesture(int index) {
    return window(index)
        .compose(BrowserWindow::userActivation)
        .compose(
            active ->
                active
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        new BridgeError(
                            "SecurityError",
                            "ERR_NO_USER_ACTIVATION",
                            "Must be handling a user gesture to show a permission request: call"
                                + " requestDevice() in the handler of a click or a key")));
  }

  @Override
  public Future<Optional<DeviceId>> choose(
      int index, Candidates candidates, Future<Void> cancelled) {
    if (!asking.add(index)) {
      return Future.failedFuture(
          new BridgeError(
              "NotAllowedError",
              "ERR_PICKER_OPEN",
              "a chooser of this window is open already: wait for its answer"));
    }
    return window(index)
        .compose(
            window ->
                dark.get()
                    .compose(
                        isDark ->
                            window.onFrame(
                                owner ->
                                    choose(owner, isDark, window.scale(), candidates, cancelled))))
        .onComplete(done -> asking.remove(index));
  }

  private Optional<DeviceId> choose(
      Frame owner, boolean isDark, Scale scale, Candidates candidates, Future<Void> cancelled) {
    if (cancelled.isComplete()) {
      return Optional.empty();
    }
    DeviceChooser chooser = new DeviceChooser(app, isDark, scale);
    cancelled.onComplete(gone -> chooser.giveUp());
    return chooser.ask(owner, candidates);
  }

  @Override
  public Future<Answer> pair(int index, Question question) {
    return window(index).compose(window -> window.onFrame(owner -> pair(owner, question)));
  }

  private Answer pair(Frame owner, Question question) {
    String name = nameOf(question.device());
    if (question instanceof Question.ConfirmPasskey confirm) {
      return ask(
          owner,
          "The device "
              + name
              + " wants to be paired. Does it show this number?\n\n"
              + String.format(PASSKEY, confirm.passkey()));
    }
    if (question instanceof Question.EnterPasskey) {
      return enter(owner, name);
    }
    if (question instanceof Question.ShowPasskey shown) {
      JOptionPane.showMessageDialog(
          owner,
          "Type this number on " + name + ":\n\n" + String.format(PASSKEY, shown.passkey()),
          "A question of " + app,
          JOptionPane.INFORMATION_MESSAGE);
      return new Answer.Yes();
    }
    return ask(owner, "Pair with the device " + name + "?");
  }

  private Answer ask(Frame owner, String text) {
    Object[] answers = {"Pair", "Don't pair"};
    return JOptionPane.showOptionDialog(
                owner,
                text,
                "A question of " + app,
                JOptionPane.YES_NO_OPTION,
                JOptionPane.QUESTION_MESSAGE,
                null,
                answers,
                answers[1])
            == JOptionPane.YES_OPTION
        ? new Answer.Yes()
        : new Answer.No();
  }

  private Answer enter(Frame owner, String name) {
    String typed =
        JOptionPane.showInputDialog(
            owner,
            "The device " + name + " wants to be paired. Type the number that it shows:",
            "A question of " + app,
            JOptionPane.QUESTION_MESSAGE);
    return typed != null && typed.strip().matches("[0-9]{1,6}")
        ? new Answer.Passkey(Integer.parseInt(typed.strip()))
        : new Answer.No();
  }

  /**
   * Within a sentence, never at its beginning: Swing takes a text that begins with a tag for HTML.
   */
  private static String nameOf(Device device) {
    return device.advertisement().name().map(DeviceChooser::plain).orElse(device.id().value());
  }
}
