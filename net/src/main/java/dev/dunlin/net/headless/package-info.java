/** Peers without a window: what the command line starts. */
package dev.dunlin.net.headless;
