/** Which files an app is made of, and how a newer set takes their place. */
package dev.dunlin.shell.update;
