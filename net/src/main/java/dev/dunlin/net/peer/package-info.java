/**
 * A peer: a state machine on one lane. Time, randomness, datagrams and sealing are given to it, so
 * that the same code runs on real sockets and in the simulator.
 */
package dev.dunlin.net.peer;
