/** The peers of an app's pages: {@code ipc://network/…}. */
package dev.dunlin.net.bus;
