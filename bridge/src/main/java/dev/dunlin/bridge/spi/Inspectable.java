package dev.dunlin.bridge.spi;

import io.vertx.core.Future;
import java.util.Map;

/**
 * A module, or something open, that can tell a person who watches the running app how it is. Asked
 * once a second while somebody watches, and else never; it keeps nothing for that.
 */
public interface Inspectable {
  /** Members of a list or map told. Over: the rest is left out. */
  int MEMBERS = 128;

  /**
   * How it is: names and JSON values, of a size that does not depend on what comes from outside.
   * Any thread; does not block.
   */
  Future<Map<String, Object>> inspect();
}
