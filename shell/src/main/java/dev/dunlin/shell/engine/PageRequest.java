package dev.dunlin.shell.engine;

import java.util.Map;

/**
 * One request of a page for a URL that Dunlin answers itself.
 *
 * @param window index of the window, -1 if Chromium names none (shared and service workers)
 * @param frameId Chromium's identifier of the frame, empty if there is none
 * @param topFrame whether it is the window's top frame
 * @param initiator origin that made the request, {@code null} in text for an opaque one, empty for
 *     none (typed by the host)
 * @param navigation whether the answer becomes a document
 * @param method HTTP method
 * @param url absolute URL
 * @param headers request headers, names in lower case
 * @param body request body, empty if there is none
 */
public record PageRequest(
    int window,
    String frameId,
    boolean topFrame,
    String initiator,
    boolean navigation,
    String method,
    String url,
    Map<String, String> headers,
    byte[] body) {}
