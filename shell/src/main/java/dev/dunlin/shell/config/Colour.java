package dev.dunlin.shell.config;

/** A colour in sRGB: channels 0 to 255, opacity 0 to 1. */
public record Colour(int red, int green, int blue, double opacity) {}
