package dev.dunlin.shell.host;

import com.sun.jna.Pointer;

/** What an X server says of itself when it is connected ({@code xcb_setup_t}). */
final class XSetup {
  private static final int VENDOR_LENGTH = 24;
  private static final int FORMATS = 29;
  private static final int BYTES = 40;
  private static final int FORMAT_BYTES = 8;
  private static final int SCREENS = 28;
  private static final int DEPTHS = 39;
  private static final int SCREEN_BYTES = 40;
  private static final int VISUALS = 2;
  private static final int DEPTH_BYTES = 8;
  private static final int VISUAL_BYTES = 24;

  private XSetup() {}

  /**
   * The root window of a screen.
   *
   * @param number as the connection has been told it
   */
  static int root(Pointer setup, int number) {
    int vendor = setup.getShort(VENDOR_LENGTH) & 0xffff;
    int formats = setup.getByte(FORMATS) & 0xff;
    if (number < 0 || number >= (setup.getByte(SCREENS) & 0xff)) {
      throw new HostException("the X server has no screen " + number);
    }
    int at = BYTES + (vendor + 3) / 4 * 4 + FORMAT_BYTES * formats;
    for (int screen = 0; screen < number; screen++) {
      int depths = setup.getByte(at + DEPTHS) & 0xff;
      at += SCREEN_BYTES;
      for (int depth = 0; depth < depths; depth++) {
        at += DEPTH_BYTES + VISUAL_BYTES * (setup.getShort(at + VISUALS) & 0xffff);
      }
    }
    return setup.getInt(at);
  }
}
