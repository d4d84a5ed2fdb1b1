package dev.dunlin.shell.engine;

/**
 * How a window is called.
 *
 * @param id within the host, for whatever it may do: no two windows of a run have one
 * @param index for pages: the lowest that is free, or one that was asked for; free again when the
 *     window has closed
 */
public record WindowNumber(int id, int index) {}
