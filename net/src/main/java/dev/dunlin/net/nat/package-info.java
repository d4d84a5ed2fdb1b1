/** Kinds of NAT, and who opens to whom between two of them. */
package dev.dunlin.net.nat;
