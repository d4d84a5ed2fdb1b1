/** The cryptography of the peer protocol: what libsodium computes, on Bouncy Castle. */
package dev.dunlin.net.crypto;
