package dev.dunlin.bridge;

import dev.dunlin.bridge.spi.ByteSource;
import java.util.Map;

/**
 * The answer on the stream lane.
 *
 * @param status HTTP status
 * @param headers lower-case names
 * @param lengthBytes length of the body, -1 if not known
 * @param body the bytes; closed by the engine
 */
public record StreamResponse(
    int status, Map<String, String> headers, long lengthBytes, ByteSource body) {}
