package dev.dunlin.shell.desktop;

import java.util.List;
import java.util.Map;
import org.freedesktop.dbus.Struct;
import org.freedesktop.dbus.Tuple;
import org.freedesktop.dbus.annotations.DBusInterfaceName;
import org.freedesktop.dbus.annotations.Position;
import org.freedesktop.dbus.interfaces.DBusInterface;
import org.freedesktop.dbus.types.UInt32;
import org.freedesktop.dbus.types.Variant;

/** What a tray calls. Public for dbus-java's reflection only. */
final class TrayInterfaces {
  private TrayInterfaces() {}

  /** See the specification of StatusNotifierItem. */
  @DBusInterfaceName(Tray.ITEM)
  public interface StatusNotifierItem extends DBusInterface {
    void Activate(int x, int y);

    void SecondaryActivate(int x, int y);

    void ContextMenu(int x, int y);

    void Scroll(int delta, String orientation);
  }

  /** See com.canonical.dbusmenu.xml of libdbusmenu. */
  @DBusInterfaceName(Tray.MENU)
  public interface DbusMenu extends DBusInterface {
    LayoutReply<UInt32, Node> GetLayout(int parent, int depth, List<String> names);

    List<NodeProperties> GetGroupProperties(List<Integer> ids, List<String> names);

    Variant<?> GetProperty(int id, String name);

    void Event(int id, String event, Variant<?> data, UInt32 time);

    List<Integer> EventGroup(List<NodeEvent> events);

    boolean AboutToShow(int id);

    AboutReply<List<Integer>, List<Integer>> AboutToShowGroup(List<Integer> ids);
  }

  /** {@code u(ia{sv}av)}. */
  public static final class LayoutReply<A, B> extends Tuple {
    @Position(0)
    public final A revision;

    @Position(1)
    public final B layout;

    public LayoutReply(A revision, B layout) {
      this.revision = revision;
      this.layout = layout;
    }
  }

  /** {@code aiai}. */
  public static final class AboutReply<A, B> extends Tuple {
    @Position(0)
    public final A updates;

    @Position(1)
    public final B unknown;

    public AboutReply(A updates, B unknown) {
      this.updates = updates;
      this.unknown = unknown;
    }
  }

  /** {@code (ia{sv}av)}. */
  public static final class Node extends Struct {
    static final String SIGNATURE = "(ia{sv}av)";

    @Position(0)
    public final int id;

    @Position(1)
    public final Map<String, Variant<?>> properties;

    @Position(2)
    public final List<Variant<?>> children;

    public Node(int id, Map<String, Variant<?>> properties, List<Variant<?>> children) {
      this.id = id;
      this.properties = properties;
      this.children = children;
    }
  }

  /** {@code (ia{sv})}. */
  public static final class NodeProperties extends Struct {
    @Position(0)
    public final int id;

    @Position(1)
    public final Map<String, Variant<?>> properties;

    public NodeProperties(int id, Map<String, Variant<?>> properties) {
      this.id = id;
      this.properties = properties;
    }
  }

  /** {@code (isvu)}. */
  public static final class NodeEvent extends Struct {
    @Position(0)
    public final int id;

    @Position(1)
    public final String event;

    @Position(2)
    public final Variant<?> data;

    @Position(3)
    public final UInt32 time;

    public NodeEvent(int id, String event, Variant<?> data, UInt32 time) {
      this.id = id;
      this.event = event;
      this.data = data;
      this.time = time;
    }
  }

  /** {@code (iiay)}: ARGB, the most significant byte first. */
  public static final class Pixmap extends Struct {
    @Position(0)
    public final int width;

    @Position(1)
    public final int height;

    @Position(2)
    public final byte[] argb;

    public Pixmap(int width, int height, byte[] argb) {
      this.width = width;
      this.height = height;
      this.argb = argb;
    }
  }

  /** {@code (sa(iiay)ss)}. */
  public static final class ToolTip extends Struct {
    @Position(0)
    public final String icon;

    @Position(1)
    public final List<Pixmap> pixmaps;

    @Position(2)
    public final String title;

    @Position(3)
    public final String text;

    public ToolTip(String icon, List<Pixmap> pixmaps, String title, String text) {
      this.icon = icon;
      this.pixmaps = pixmaps;
      this.title = title;
      this.text = text;
    }
  }
}
