package dev.dunlin.shell.host;

import java.util.Map;
import java.util.Optional;

/**
 * The display that this process draws on, ready for AWT and Chromium. Close it when all windows are
 * gone.
 */
public final class Display implements AutoCloseable {
  private final String name;
  private final Optional<Xvfb> own;
  private final boolean substitute;

  private Display(String name, Optional<Xvfb> own, boolean substitute) {
    this.name = name;
    this.own = own;
    this.substitute = substitute;
  }

  /** Where displays come from; the tests have their own. */
  @FunctionalInterface
  public interface Source {
    /**
     * @param headless whether the person asked for no window
     * @throws HostException when there is none and none can be made
     */
    Display open(boolean headless);
  }

  /**
   * The display of this environment: the one that DISPLAY names; a new Xvfb when {@code headless},
   * or when DISPLAY is not set. In the latter cases it changes the native environment of this
   * process, so call it before AWT and Chromium. Blocks. Systems other than Linux always have one.
   */
  public static Display open(Map<String, String> environment, boolean headless) {
    if (Os.here() != Os.LINUX) {
      return existing("native");
    }
    NativeProcess.settleEnvironment();
    String name = environment.getOrDefault("DISPLAY", "");
    if (!headless && !name.isEmpty()) {
      Optional<String> fault = XDisplay.fault(name, environment);
      if (fault.isPresent()) {
        throw new HostException(
            "the display DISPLAY="
                + name
                + " can't be used: "
                + fault.get()
                + ". Set DISPLAY to one that works, or unset it, or use --headless.");
      }
      return existing(name);
    }
    Xvfb xvfb = Xvfb.start();
    NativeProcess.setEnvironment("DISPLAY", xvfb.display());
    NativeProcess.setEnvironment("XAUTHORITY", xvfb.authority().toString());
    // AWT asks System.getenv, which still has the old environment, whether there is a display.
    System.setProperty("java.awt.headless", "false");
    return new Display(xvfb.display(), Optional.of(xvfb), !headless);
  }

  /** A display that is there already. */
  public static Display existing(String name) {
    return new Display(name, Optional.empty(), false);
  }

  /** A display that nobody asked for, as there was none; for tests. */
  public static Display substitute(String name) {
    return new Display(name, Optional.empty(), true);
  }

  public String name() {
    return name;
  }

  /** True when we made it because there was none, though a window was wanted. */
  public boolean isSubstitute() {
    return substitute;
  }

  /** Our own Xvfb, if that is what it is. */
  public Optional<Xvfb> own() {
    return own;
  }

  @Override
  public void close() {
    own.ifPresent(Xvfb::close);
  }
}
