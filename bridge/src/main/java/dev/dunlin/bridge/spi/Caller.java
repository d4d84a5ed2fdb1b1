package dev.dunlin.bridge.spi;

/**
 * Who asks, as the browser tells it.
 *
 * @param window index of the window, -1 for a shared or service worker
 * @param document id of the document that asks, empty for a worker
 * @param origin the app's origin
 * @param documentUrl URL of the asking frame, for messages; never for decisions
 */
public record Caller(int window, String document, String origin, String documentUrl) {}
