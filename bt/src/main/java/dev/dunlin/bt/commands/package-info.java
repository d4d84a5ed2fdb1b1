/**
 * Bluetooth for pages: the commands {@code ipc://bluetooth/…}, what a person has granted, and what
 * a window must be able to ask a person. See docs/bluetooth.md.
 */
package dev.dunlin.bt.commands;
