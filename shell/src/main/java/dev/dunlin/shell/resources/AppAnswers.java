package dev.dunlin.shell.resources;

import dev.dunlin.bridge.spi.ByteSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What every answer of the app's origin carries, wherever its bytes come from: the app's policy,
 * its own headers and, for a page, the id under which the bridge knows it.
 *
 * <p><i>Thread:</i> any.
 */
final class AppAnswers {
  private final AppResources.Settings settings;
  private final DocumentRegistrar registrar;

  AppAnswers(AppResources.Settings settings, DocumentRegistrar registrar) {
    this.settings = settings;
    this.registrar = registrar;
  }

  /** The headers of a file of this type for a window; the map is the caller's. */
  Map<String, String> headers(String type, int window) {
    Map<String, String> headers = new TreeMap<>(settings.extraHeaders());
    headers.putIfAbsent("cache-control", "no-cache");
    headers.put("content-type", type);
    headers.put("x-content-type-options", "nosniff");
    List<String> policies = policies(window);
    if (!policies.isEmpty()) {
      headers.put("content-security-policy", String.join(", ", policies));
    }
    return headers;
  }

  private List<String> policies(int window) {
    List<String> policies = new ArrayList<>();
    if (!settings.contentSecurityPolicy().isEmpty()) {
      policies.add(settings.contentSecurityPolicy());
    }
    policies.addAll(registrar.policies(window));
    return policies;
  }

  /**
   * An HTML page on its way into a frame, with the scripts of {@link Preload}. It is here whole, so
   * that the policies found are those of the bytes sent; never cached, because it carries an id of
   * its own.
   *
   * @param headers as {@link #headers} made them; changed
   */
  ResourceResponse document(
      ResourceRequest request, int status, Map<String, String> headers, byte[] file) {
    List<String> metas = MetaPolicies.of(file);
    List<String> policies = new ArrayList<>(metas);
    policies.addAll(policies(request.window()));
    byte[] content = Preload.into(file, policies);
    headers.put("cache-control", "no-store");
    headers.put("content-length", String.valueOf(content.length));
    if (!request.method().equals("HEAD")) {
      String id = registrar.register(request.window(), metas);
      headers.put("server-timing", "dunlin;desc=\"" + id + "\"");
    }
    return new ResourceResponse(
        status,
        status == 200 ? "OK" : "Status " + status,
        headers,
        content.length,
        ByteSource.of(content));
  }
}
