/**
 * The packets a peer keeps for others, and the summaries by which two peers find what one lacks.
 */
package dev.dunlin.net.cache;
