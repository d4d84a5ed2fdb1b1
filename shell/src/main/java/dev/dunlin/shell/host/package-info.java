/**
 * The machine we run on: display, terminal, libraries, tools. Asked before Chromium is loaded,
 * which aborts where these lack.
 */
package dev.dunlin.shell.host;
