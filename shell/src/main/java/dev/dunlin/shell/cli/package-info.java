/** The command line: turns words into {@link dev.dunlin.shell.cli.RunOptions}. */
package dev.dunlin.shell.cli;
