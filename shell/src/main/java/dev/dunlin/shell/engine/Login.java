package dev.dunlin.shell.engine;

import java.util.function.BiConsumer;

/**
 * A server, or a proxy, wants to know who asks. Answer it once, or cancel it.
 *
 * @param host with its port
 * @param realm what the server calls what it guards; anything may stand in it
 * @param answer takes a name and a password
 */
public record Login(
    String host, String realm, boolean proxy, BiConsumer<String, String> answer, Runnable cancel) {}
