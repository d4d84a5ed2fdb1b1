package dev.dunlin.shell.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.sun.jna.Structure;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JnaStartTest {
  @Test
  void tellsJnaTheOrderThatItsAnnotationHas() throws ReflectiveOperationException {
    Class<?> description = Class.forName(JnaStart.DESCRIPTION);
    List<String> annotated =
        Arrays.asList(description.getAnnotation(Structure.FieldOrder.class).value());
    Field field = Structure.class.getDeclaredField("fieldOrder");
    field.setAccessible(true);
    Map<?, ?> orders = (Map<?, ?>) field.get(null);
    orders.remove(description);

    JnaStart.prepare();

    assertNotNull(orders.get(description), "this JNA asks elsewhere: JnaStart has no effect");
    assertEquals(annotated, orders.get(description));
  }
}
