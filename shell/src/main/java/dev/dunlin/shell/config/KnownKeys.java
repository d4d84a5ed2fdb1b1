package dev.dunlin.shell.config;

import dev.dunlin.bridge.NearestName;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Every key that {@code socket.ini} may hold, and the nearest one to a typing error. */
final class KnownKeys {
  /**
   * Section, colon, keys. Also keys that nothing reads yet, or only other systems do: an app that
   * has them is right.
   */
  private static final String TABLE =
      """
      build: name copy copy_map env flags headless output script script_after type
      build.script: forward_arguments
      build.watch: sources debounce_timeout
      build.linux: package_format copy_map
      build.mac: package_format copy_map
      build.win: copy_map
      build.extensions: abi_strict
      webview: root default_index watch headers importmap insecure_domains cache-control protocol-handlers
      webview: service-workers auto_register_service_workers service_worker_mode service_worker_frame
      webview: service_worker_fetch_event_timeout service_worker_fetch_event_max_response_redirects
      webview: fetch_allow_runtime_headers fetch_headers_filter filesystem_picker_require_user_activation
      webview: url_protocols xhr_concurrency dev_command user_agent proxy proxy_bypass
      webview.watch: reload service_worker_reload_timeout
      webview.navigator: enable_navigation_gestures
      webview.navigator.policies: allowed
      permissions: allow_fullscreen allow_microphone allow_camera allow_user_media allow_geolocation
      permissions: allow_notifications allow_sensors allow_clipboard allow_bluetooth allow_data_access
      permissions: allow_airplay allow_hotkeys allow_autoplay allow_device_info allow_device_orientation
      permissions: allow_local_fonts allow_media_key_system allow_service_worker allow_push_notifications
      permissions: allow_geolocation_in_background allow_read_media allow_read_media_audio
      permissions: allow_read_media_images allow_read_media_video hardware_acceleration_disabled
      bluetooth: simulation simulation_choose bus adapter
      security: policy require_sandbox operator
      spellcheck: enabled languages dictionaries
      update: key url peers confirm
      debug: flags
      meta: bundle_identifier application_protocol copyright description lang maintainer title version
      meta: file_limit type application_links revision mime_types
      meta: file_associations
      linux: categories cmd icon icon_sizes desktop_startup_notify executable_path icon_path
      mac: category cmd codesign_identity codesign_paths minimum_supported_version window_control_offsets
      mac: icon icon_sizes sandbox info_plist_file info_plist_data productbuild_identity
      mac: productbuild_install_path
      win: cmd logo pfx icon icon_sizes publisher version exe
      native: files headers
      window: height width min_height min_width max_height max_width backgroundColorDark
      window: backgroundColorLight background_color_dark background_color_light titlebar_style frameless
      window: resizable maximizable minimizable closable utility
      window: fullscreen kiosk always_on_top restore
      window.alert: title
      application: agent signals conduit_shared_key tray_icon
      tray: icon tooltip
      headless: runner runner_flags runner_android runner_ios runner_linux runner_mac runner_win32
      headless: runner_android_flags runner_ios_flags runner_linux_flags runner_mac_flags
      headless: runner_win32_flags android_runner ios_runner linux_runner mac_runner win32_runner
      ai.llm: model_path lora_path
      commonjs: fscheck
      apple: team_identifier identifier
      macos: app_transport_security_domain_exceptions
      """;

  /** Names the app's author chooses, and sections of systems that Dunlin does not run on. */
  private static final Pattern OPEN =
      Pattern.compile(
          "env_.+|i18n_locales_.+|build_extensions_.+|android_.+|ios_.+"
              + "|webview_navigator_((mac|linux|win|android|ios)_)?mounts_.+"
              + "|webview_protocol-handlers_.+|webview_service-workers_.+|webview_fetch_headers_.+"
              + "|window_[0-9]+_client_id|settings_.+");

  /** Flat name to the form a person writes: {@code window_width} to {@code [window] width}. */
  private static final Map<String, String> NAMES = names();

  private KnownKeys() {}

  private static Map<String, String> names() {
    Map<String, String> names = new LinkedHashMap<>();
    for (String line : TABLE.split("\n")) {
      String[] parts = line.split(": ");
      for (String key : parts[1].trim().split(" ")) {
        names.put((parts[0] + "_" + key).replace('.', '_'), "[" + parts[0] + "] " + key);
      }
    }
    return names;
  }

  static boolean isKnown(String name) {
    return NAMES.containsKey(name) || OPEN.matcher(name).matches();
  }

  /** The form a person writes, such as {@code [window] width}; an unknown name as it is. */
  static String written(String name) {
    return NAMES.getOrDefault(name, name);
  }

  /**
   * The known key within a third of its length in typing errors, such as {@code [window] width}.
   */
  static Optional<String> nearest(String name) {
    return NearestName.of(name, NAMES.keySet(), Math.max(2, name.length() / 3)).map(NAMES::get);
  }
}
