/**
 * Child processes: started from one immortal thread, gone when we are. The only user of
 * ProcessBuilder.
 */
package dev.dunlin.scheduler.process;
