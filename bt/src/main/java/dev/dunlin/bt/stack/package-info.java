/** Which stack this machine has. */
package dev.dunlin.bt.stack;
