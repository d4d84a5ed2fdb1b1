/** Bluetooth where there is none: typed answers, and no exception at load. */
package dev.dunlin.bt.unsupported;
