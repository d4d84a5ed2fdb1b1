package dev.dunlin.shell.engine;

/** A window as it is now; sizes in CSS pixels. */
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
    boolean resizable) {}
