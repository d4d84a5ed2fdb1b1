package dev.dunlin.bridge.spi;

import java.util.LinkedHashMap;
import java.util.Map;

/** An expected failure that the page will see. Carries no stack trace. */
public final class BridgeError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String name;
  private final String code;
  private final transient Map<String, Object> details;

  /**
   * @param name JavaScript error class, such as {@code NotAllowedError}, {@code TypeError} or
   *     {@code Error}
   * @param code stable code, such as {@code ENOENT} or {@code ERR_ACCESS_DENIED}
   * @param message what went wrong and what to do
   * @param details further members of the error object, such as {@code path} and {@code syscall}
   */
  public BridgeError(String name, String code, String message, Map<String, Object> details) {
    super(message, null, false, false);
    this.name = name;
    this.code = code;
    this.details = Map.copyOf(details);
  }

  public BridgeError(String name, String code, String message) {
    this(name, code, message, Map.of());
  }

  /** The JavaScript error class. */
  public String name() {
    return name;
  }

  /** The stable code. */
  public String code() {
    return code;
  }

  /** The error as the envelope carries it. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", name);
    map.put("code", code);
    map.put("message", getMessage());
    map.putAll(details == null ? Map.of() : details);
    return map;
  }
}
