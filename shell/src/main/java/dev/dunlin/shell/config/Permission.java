package dev.dunlin.shell.config;

import java.util.Locale;

/**
 * What pages may ask the browser for; {@code [permissions] allow_fullscreen = false} takes the
 * first away.
 */
public enum Permission {
  FULLSCREEN,
  MICROPHONE,
  CAMERA,
  USER_MEDIA,
  GEOLOCATION,
  NOTIFICATIONS,
  SENSORS,
  CLIPBOARD,
  BLUETOOTH,
  DATA_ACCESS,
  AIRPLAY,
  HOTKEYS;

  /** The flat name in {@code socket.ini}. */
  public String key() {
    return "permissions_allow_" + name().toLowerCase(Locale.ROOT);
  }
}
