/**
 * Bluetooth LE: the port that commands use, and what every adapter shares (one queue of operations
 * per device, deadlines, bounded events, the users of one link). A stack is a {@link
 * dev.dunlin.bt.Driver} behind it.
 */
package dev.dunlin.bt;
