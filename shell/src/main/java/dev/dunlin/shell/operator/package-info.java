/**
 * What a person who watches a running app is told, and how: {@link
 * dev.dunlin.shell.operator.OperatorServer} in the app, {@link
 * dev.dunlin.shell.operator.OperatorClient} in who watches. See docs/operator.md.
 */
package dev.dunlin.shell.operator;
