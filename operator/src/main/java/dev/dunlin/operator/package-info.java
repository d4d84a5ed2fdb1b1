/** The window that watches a running app: {@code dunlin operator}. See docs/operator.md. */
package dev.dunlin.operator;
