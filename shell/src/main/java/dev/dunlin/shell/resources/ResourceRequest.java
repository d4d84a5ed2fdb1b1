package dev.dunlin.shell.resources;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One request for a document, a file of the app or a module.
 *
 * @param method HTTP method
 * @param url absolute URL as Chromium reports it; a fragment is ignored
 * @param headers request headers, names in any case
 * @param initiator origin that made the request, as Chromium reports it; empty if it names none
 * @param navigation whether the answer becomes a document of a window or frame
 * @param window index of the window it comes from, -1 if Chromium names none
 * @param body request body, empty if there is none; one byte over {@link
 *     dev.dunlin.bridge.Limits#BODY_BYTES} stands for any that is longer
 */
public record ResourceRequest(
    String method,
    String url,
    Map<String, String> headers,
    String initiator,
    boolean navigation,
    int window,
    byte[] body) {

  public ResourceRequest {
    Map<String, String> lower = new TreeMap<>();
    headers.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
    headers = Map.copyOf(lower);
  }

  /** A request without a body. */
  public ResourceRequest(
      String method,
      String url,
      Map<String, String> headers,
      String initiator,
      boolean navigation,
      int window) {
    this(method, url, headers, initiator, navigation, window, new byte[0]);
  }

  /** A request header by its lower-case name. */
  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }
}
