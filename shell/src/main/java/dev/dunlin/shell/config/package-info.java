/** What an app says of itself in {@code socket.ini}. Nothing here touches the engine. */
package dev.dunlin.shell.config;
