/** Content by its hash, from peer to peer: what updates without a server travel by. */
package dev.dunlin.net.swarm;
