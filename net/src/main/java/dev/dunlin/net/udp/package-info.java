/** Datagram sockets, and the commands {@code ipc://udp/…} of pages. */
package dev.dunlin.net.udp;
