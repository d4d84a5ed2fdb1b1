package dev.dunlin.net.swarm;

import dev.dunlin.net.wire.Id;

/**
 * A part of a content, which comes from one member and is checked as a whole.
 *
 * @param content SHA-256 of the whole content
 * @param offset where it begins there
 * @param sha256 of this part
 */
public record Blob(Id content, long offset, int sizeBytes, Id sha256) {
  public Blob {
    if (offset < 0 || sizeBytes < 1 || sizeBytes > SwarmLimits.MAX_BLOB_BYTES) {
      throw new IllegalArgumentException(
          "a blob has 1 to " + SwarmLimits.MAX_BLOB_BYTES + " bytes, this has " + sizeBytes);
    }
  }

  /** All of a content. */
  public static Blob whole(Id content, int sizeBytes) {
    return new Blob(content, 0, sizeBytes, content);
  }

  int blocks() {
    return (sizeBytes + SwarmLimits.BLOCK_BYTES - 1) / SwarmLimits.BLOCK_BYTES;
  }

  int blockBytes(int block) {
    return Math.min(SwarmLimits.BLOCK_BYTES, sizeBytes - block * SwarmLimits.BLOCK_BYTES);
  }
}
