package dev.dunlin.bridge;

/**
 * One request on the stream lane.
 *
 * @param window index of the window it comes from, -1 if Chromium names none (shared and service
 *     workers)
 * @param initiator origin that made the request, as Chromium reports it; {@code null} in text for
 *     an opaque one
 * @param method HTTP method
 * @param url the command URL
 * @param body the request body, empty if there is none
 */
public record StreamRequest(int window, String initiator, String method, String url, byte[] body) {}
