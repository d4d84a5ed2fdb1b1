package dev.dunlin.shell.host;

import com.sun.jna.Structure;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** What JNA would find out for itself in a way that takes a part of each start. */
public final class JnaStart {
  /**
   * By which JNA describes a type to libffi; its fields in the order of {@code ffi_type} (ffi.h).
   */
  static final String DESCRIPTION = "com.sun.jna.Structure$FFIType";

  private static final List<String> FIELDS = List.of("size", "alignment", "type", "elements");

  private JnaStart() {}

  /**
   * Tells JNA the order of these fields. It has them as an annotation, for which Java makes two
   * proxies and what goes with them: 20 ms. Call it before functions are mapped; later, or with a
   * JNA that keeps them elsewhere, it has no effect.
   */
  public static void prepare() {
    try {
      Class<?> description = Class.forName(DESCRIPTION, false, Structure.class.getClassLoader());
      var lock = (ReentrantReadWriteLock) kept("cacheStructureLock");
      @SuppressWarnings("unchecked")
      var orders = (Map<Class<?>, List<String>>) kept("fieldOrder");
      lock.writeLock().lock();
      try {
        orders.putIfAbsent(description, FIELDS);
      } finally {
        lock.writeLock().unlock();
      }
    } catch (ReflectiveOperationException | ClassCastException e) {
      // JnaStartTest fails then; an app is only slower.
      System.getLogger(JnaStart.class.getName())
          .log(System.Logger.Level.DEBUG, "this JNA keeps the order of fields elsewhere", e);
    }
  }

  private static Object kept(String name) throws ReflectiveOperationException {
    Field field = Structure.class.getDeclaredField(name);
    field.setAccessible(true);
    return field.get(null);
  }
}
