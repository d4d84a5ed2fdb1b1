/**
 * Packets as bytes and back: wire version 6. Nothing here does I/O, keeps state or throws at
 * foreign bytes.
 */
package dev.dunlin.net.wire;
