package dev.dunlin.shell.engine;

import com.sun.jna.Native;
import dev.dunlin.shell.host.Os;
import java.awt.Frame;

/** A window as other programs know it. Thread: event dispatch. */
public final class WindowHandle {
  private WindowHandle() {}

  /** As desktop portals name the parent of a dialog; empty where they can't. */
  public static String ofPortal(Frame frame) {
    return Os.here() == Os.LINUX && frame.isDisplayable()
        ? "x11:" + Long.toHexString(xid(frame))
        : "";
  }

  /** As the X server knows it. */
  public static long xid(Frame frame) {
    return Native.getWindowID(frame);
  }
}
