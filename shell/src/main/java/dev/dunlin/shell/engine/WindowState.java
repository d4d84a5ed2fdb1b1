package dev.dunlin.shell.engine;

import java.awt.Color;

/**
 * A window as it is now; sizes and places in CSS pixels.
 *
 * @param scale pixels of the screen for one of CSS, as the desktop says
 */
public record WindowState(
    int index,
    String title,
    String url,
    int width,
    int height,
    int x,
    int y,
    boolean visible,
    boolean maximized,
    boolean minimized,
    boolean resizable,
    boolean fullScreen,
    boolean alwaysOnTop,
    boolean focused,
    double scale,
    Color background) {}
