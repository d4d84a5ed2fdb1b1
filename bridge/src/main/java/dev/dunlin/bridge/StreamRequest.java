package dev.dunlin.bridge;

/**
 * One request on the stream lane, as Chromium's browser process sees it.
 *
 * @param window index of the window it comes from, -1 if Chromium names none (shared and service
 *     workers)
 * @param frameId Chromium's identifier of the asking frame, empty if there is none; a dedicated
 *     worker has its frame's
 * @param topFrame whether that frame is its window's top frame
 * @param initiator origin that made the request; the text {@code null} for an opaque one
 * @param method HTTP method
 * @param url the command URL
 * @param body the request body, empty if there is none
 */
public record StreamRequest(
    int window,
    String frameId,
    boolean topFrame,
    String initiator,
    String method,
    String url,
    byte[] body) {}
