package dev.dunlin.shell.engine;

import java.awt.Color;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a window looks like when it opens.
 *
 * @param url its first page
 * @param title its title until the page sets one
 * @param widthPx width of the content, in CSS pixels
 * @param heightPx height of the content, in CSS pixels
 * @param visible whether it is shown
 * @param resizable whether the person may resize it
 * @param undecorated whether it has no frame
 * @param background colour before the first paint
 * @param icon picture file
 */
public record WindowSettings(
    String url,
    String title,
    int widthPx,
    int heightPx,
    boolean visible,
    boolean resizable,
    boolean undecorated,
    Color background,
    Optional<Path> icon) {}
