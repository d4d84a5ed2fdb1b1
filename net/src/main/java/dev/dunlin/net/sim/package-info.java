/** A network in virtual time: latency, loss, bandwidth and NATs, with real peers on it. */
package dev.dunlin.net.sim;
