/**
 * Time, threads and randomness, real and virtual: everything that would make a test unrepeatable.
 */
package dev.dunlin.scheduler;
