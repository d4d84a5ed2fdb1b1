package dev.dunlin.shell.config;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Which proxy pages go by.
 *
 * <p>From the start to the end: the preference, which could change it, is a dictionary, and JCEF
 * 146 hands on none.
 *
 * @param mode {@code system}, {@code direct}, {@code auto_detect}, {@code pac_script} or {@code
 *     fixed_servers}
 * @param where the servers, or the URL of the script; empty for other modes
 * @param bypass hosts that are gone to without; empty for none
 */
public record Proxy(String mode, String where, String bypass) {
  /** Longest setting, in UTF-16 units. Over: it is refused. */
  public static final int LENGTH = 4096;

  private static final String HOST = "(?:[a-zA-Z0-9._-]{1,253}|\\[[0-9a-fA-F:.]{2,45}])";

  private static final Pattern SERVERS =
      Pattern.compile(
          "(?:(?:https?|ftp|socks)=)?(?:(?:https?|socks[45]?)://)?"
              + HOST
              + "(?::[0-9]{1,5})?(?:[;,](?:(?:https?|ftp|socks)=)?(?:(?:https?|socks[45]?)://)?"
              + HOST
              + "(?::[0-9]{1,5})?)*+");

  private static final Pattern SCRIPT = Pattern.compile("https?://[\\x21-\\x7e]+\\.(?:pac|dat)");

  private static final Pattern HOSTS = Pattern.compile("[a-zA-Z0-9._:/*<>\\[\\],; -]*+");

  /**
   * @param setting {@code system}, {@code direct}, {@code auto}, the URL of a {@code .pac} file, or
   *     servers: {@code 10.0.0.1:3128}, {@code socks5://127.0.0.1:1080}, {@code
   *     http=a:80;https=b:443}
   * @throws IllegalArgumentException if it is none of these
   */
  public static Proxy of(String setting, String bypass) {
    if (setting.length() > LENGTH || bypass.length() > LENGTH || !HOSTS.matcher(bypass).matches()) {
      throw new IllegalArgumentException(
          "proxy_bypass is a list of hosts such as *.local, 10.0.0.0/8");
    }
    switch (setting) {
      case "system":
        return new Proxy("system", "", "");
      case "direct":
        return new Proxy("direct", "", "");
      case "auto":
        return new Proxy("auto_detect", "", "");
      default:
        if (SCRIPT.matcher(setting).matches()) {
          return new Proxy("pac_script", setting, "");
        }
        if (SERVERS.matcher(setting).matches()) {
          return new Proxy("fixed_servers", setting, bypass);
        }
        throw new IllegalArgumentException(
            "proxy is system, direct, auto, the URL of a .pac file, or servers such as"
                + " 10.0.0.1:3128 or socks5://127.0.0.1:1080, without names and passwords");
    }
  }

  /** As Chromium's switches, without their dashes. */
  public List<String> switches() {
    return switch (mode) {
      case "direct" -> List.of("no-proxy-server");
      case "auto_detect" -> List.of("proxy-auto-detect");
      case "pac_script" -> List.of("proxy-pac-url=" + where);
      case "fixed_servers" ->
          bypass.isEmpty()
              ? List.of("proxy-server=" + where)
              : List.of("proxy-server=" + where, "proxy-bypass-list=" + bypass);
      default -> List.of();
    };
  }
}
