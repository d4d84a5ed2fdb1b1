/** Dictionaries of hunspell's, made into Chromium's own kind of file. */
package dev.dunlin.shell.spelling;
