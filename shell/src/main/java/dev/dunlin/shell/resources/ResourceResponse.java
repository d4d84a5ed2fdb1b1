package dev.dunlin.shell.resources;

import dev.dunlin.bridge.spi.ByteSource;
import java.util.Map;

/**
 * The answer to a {@link ResourceRequest}.
 *
 * @param status HTTP status
 * @param statusText reason phrase, printable ASCII; Chromium shows it on the console
 * @param headers lower-case names
 * @param lengthBytes exact length of {@code body}; of the body a GET would have for a HEAD; -1 if a
 *     dev server does not say
 * @param body the bytes, empty for HEAD, 204, 304 and redirects; closed by the engine. It fails
 *     with an IOException rather than end early
 */
public record ResourceResponse(
    int status, String statusText, Map<String, String> headers, long lengthBytes, ByteSource body) {

  public ResourceResponse {
    headers = Map.copyOf(headers);
  }
}
