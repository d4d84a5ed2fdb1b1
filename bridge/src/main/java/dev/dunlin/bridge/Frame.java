package dev.dunlin.bridge;

/**
 * The frame that sent a message on the call lane, as Chromium knows it.
 *
 * @param window index of the window it is in
 * @param id Chromium's identifier of the frame
 * @param top whether it is the window's top frame
 * @param url URL of its document
 */
public record Frame(int window, String id, boolean top, String url) {}
