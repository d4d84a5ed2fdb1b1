package dev.dunlin.shell.config;

import java.util.List;
import java.util.Locale;

/**
 * What pages may ask the browser for; {@code [permissions] allow_fullscreen = false} takes the
 * first away. As in the reference, what is not taken away may be asked for.
 */
public enum Permission {
  FULLSCREEN("fullscreen"),
  MICROPHONE("microphone"),
  CAMERA("camera"),
  USER_MEDIA("camera", "microphone", "display-capture"),
  GEOLOCATION("geolocation"),
  NOTIFICATIONS,
  SENSORS("accelerometer", "gyroscope", "magnetometer"),
  CLIPBOARD("clipboard-read", "clipboard-write"),
  BLUETOOTH,
  DATA_ACCESS("storage-access"),
  /** Chromium has none. */
  AIRPLAY,
  /** The host's to enforce. */
  HOTKEYS,
  AUTOPLAY("autoplay"),
  DEVICE_ORIENTATION("accelerometer", "gyroscope", "magnetometer"),
  LOCAL_FONTS("local-fonts"),
  MEDIA_KEY_SYSTEM("encrypted-media"),
  PUSH_NOTIFICATIONS,
  SERVICE_WORKER;

  private final List<String> features;

  Permission(String... features) {
    this.features = List.of(features);
  }

  /** The flat name in {@code socket.ini}. */
  public String key() {
    return "permissions_allow_" + name().toLowerCase(Locale.ROOT);
  }

  /** The features of a Permissions-Policy that it stands for; empty where Chromium has no such. */
  public List<String> features() {
    return features;
  }
}
