package dev.dunlin.shell.resources;

import dev.dunlin.bridge.spi.ByteSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An app in a folder, and the requests that a browser would make of it. */
final class Fixture {
  static final String ORIGIN = "https://com.example.app.localhost";
  static final String POLICY = "default-src 'self'; script-src 'self' socket:";

  /** What a page that this policy allows it begins with. */
  static final String PRELOAD =
      "<script defer src=\"socket:internal/preload\"></script>"
          + "<link rel=\"modulepreload\" href=\"socket:internal/core\">"
          + "<link rel=\"modulepreload\" href=\"socket:internal/host\">"
          + "<script type=\"module\" src=\"socket:internal/init\"></script>";

  final Path root;
  final List<List<String>> registered = new ArrayList<>();
  String defaultIndex = "";
  Map<String, String> extraHeaders = Map.of();
  Map<String, Object> facts = Map.of();

  Fixture(Path root) {
    this.root = root;
  }

  Fixture file(String name, String content) throws IOException {
    return file(name, content.getBytes(StandardCharsets.UTF_8));
  }

  Fixture file(String name, byte[] content) throws IOException {
    Files.createDirectories(root.resolve(name).getParent());
    Files.write(root.resolve(name), content);
    return this;
  }

  AppResources resources() {
    return resources(new DirectorySource(root));
  }

  AppResources resources(ResourceSource source) {
    return new AppResources(
        new AppResources.Settings("com.Example.App", defaultIndex, POLICY, extraHeaders),
        source,
        new Modules("/dev/dunlin/shell/resources/js/"),
        (window, policies) -> {
          registered.add(policies);
          return "doc-" + window + "-" + registered.size();
        },
        window -> facts);
  }

  static ResourceRequest request(String method, String url, String... headers) {
    Map<String, String> map = new HashMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      map.put(headers[i], headers[i + 1]);
    }
    return new ResourceRequest(
        method, url.startsWith("/") ? ORIGIN + url : url, map, ORIGIN, false, 3);
  }

  ResourceResponse get(String url, String... headers) {
    return resources().respond(request("GET", url, headers));
  }

  ResourceResponse navigate(String url) {
    return resources()
        .respond(
            new ResourceRequest(
                "GET", url.startsWith("/") ? ORIGIN + url : url, Map.of(), "", true, 3));
  }

  static byte[] bytes(ResourceResponse response) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[7];
    try (ByteSource body = response.body()) {
      for (int n; (n = body.read(buffer, buffer.length)) != ByteSource.END; ) {
        if (n == ByteSource.NOT_YET) {
          throw new IOException("a local body must not say NOT_YET");
        }
        out.write(buffer, 0, n);
      }
    }
    return out.toByteArray();
  }

  static String text(ResourceResponse response) throws IOException {
    return new String(bytes(response), StandardCharsets.UTF_8);
  }
}
