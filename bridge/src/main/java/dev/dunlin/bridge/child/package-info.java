/**
 * Programs that the app starts: {@code ipc://child-process/…} for its pages, and its back end.
 * Processes themselves are the scheduler module's.
 */
package dev.dunlin.bridge.child;
