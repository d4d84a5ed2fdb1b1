package dev.dunlin.net.swarm;

import dev.dunlin.net.wire.Id;

/**
 * What a member says it has: a version, by its manifest. A hint only: whoever says it may lie.
 *
 * @param manifest SHA-256 of the manifest
 * @param manifestBytes how long the manifest is
 */
public record Offer(Id manifest, int manifestBytes, int major, int minor, int patch) {}
