package dev.dunlin.bt;

/** An attribute of one device, by a word of the stack's. */
public record AttributeId(String value) {}
