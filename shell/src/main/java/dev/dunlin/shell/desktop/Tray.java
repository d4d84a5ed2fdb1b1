package dev.dunlin.shell.desktop;

import dev.dunlin.shell.menu.MenuLayout;
import io.vertx.core.Future;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import javax.imageio.ImageIO;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.errors.UnknownMethod;
import org.freedesktop.dbus.interfaces.Properties;
import org.freedesktop.dbus.types.UInt32;
import org.freedesktop.dbus.types.Variant;

/**
 * The app's icon in the tray: {@code org.kde.StatusNotifierItem}, with its menu beside it. Told
 * again to a tray that comes later.
 *
 * <p><i>Thread:</i> any.
 */
final class Tray {
  static final String ITEM = "org.kde.StatusNotifierItem";
  static final String MENU = "com.canonical.dbusmenu";
  static final String WATCHER = "org.kde.StatusNotifierWatcher";
  private static final String WATCHER_PATH = "/StatusNotifierWatcher";
  private static final String ITEM_PATH = "/StatusNotifierItem";
  private static final String MENU_PATH = "/MenuBar";

  // What RequestName is told, and may answer.
  private static final UInt32 DO_NOT_QUEUE = new UInt32(4);
  private static final int OWNED = 1;
  private static final int OWNED_ALREADY = 4;

  static final Absent NO_TRAY =
      new Absent(
          "no-tray",
          "There is no tray for icons (StatusNotifierItem) on this desktop",
          "On GNOME, install the extension AppIndicator; elsewhere start a panel that has a tray");

  /** Sides of the picture, in pixels. Over: it is made smaller. */
  static final int SIDE = 64;

  private final Bus bus;
  private final String id;
  private final String title;
  private final TrayMenu menu;
  private final Runnable activated;
  private final String name = ITEM + "-" + ProcessHandle.current().pid() + "-1";

  // Guarded by this.
  private MenuLayout layout = new MenuLayout(List.of());
  private String tooltip;
  private Optional<Path> icon;
  private Optional<TrayInterfaces.Pixmap> pixmap = Optional.empty();
  private Future<Void> offered;
  private boolean wanted;

  /**
   * @param chosen the label of the menu and the item that the person chose
   * @param activated the icon itself was clicked
   */
  Tray(
      Bus bus,
      String id,
      String title,
      String tooltip,
      Optional<Path> icon,
      BiConsumer<String, MenuLayout.Item> chosen,
      Runnable activated) {
    this.bus = bus;
    this.id = id;
    this.title = title;
    this.tooltip = tooltip;
    this.icon = icon;
    this.menu = new TrayMenu(MENU_PATH, chosen);
    this.activated = activated;
    bus.onLost(
        () -> {
          synchronized (this) {
            offered = null;
          }
        });
  }

  synchronized MenuLayout layout() {
    return layout;
  }

  /**
   * Shows the icon with this menu, from now on.
   *
   * @return fails with {@link BusError} where there is no tray now
   */
  Future<Void> show(MenuLayout wantedLayout) {
    long revision;
    synchronized (this) {
      layout = wantedLayout;
      wanted = true;
      revision = menu.set(wantedLayout);
    }
    bus.tell(MENU_PATH, MENU, "LayoutUpdated", "ui", new UInt32(revision), 0);
    return offer().compose(done -> register());
  }

  /** Takes it out of the tray. */
  Future<Void> hide() {
    synchronized (this) {
      layout = new MenuLayout(List.of());
      wanted = false;
      if (offered == null) {
        return Future.succeededFuture();
      }
    }
    // Trays forget an item whose name is gone.
    return bus.call(Bus.NAME, Bus.PATH, Bus.NAME, "ReleaseName", "s", name).mapEmpty();
  }

  void setTooltip(String text) {
    synchronized (this) {
      tooltip = text;
    }
    bus.tell(ITEM_PATH, ITEM, "NewToolTip", "");
  }

  void setIcon(Path file) {
    synchronized (this) {
      icon = Optional.of(file);
      pixmap = Optional.empty();
    }
    bus.tell(ITEM_PATH, ITEM, "NewIcon", "");
  }

  private synchronized Future<Void> offer() {
    if (offered == null || offered.failed()) {
      offered =
          bus.export(ITEM_PATH, new Item())
              .compose(made -> bus.export(MENU_PATH, menu))
              .compose(made -> bus.hearOwner(WATCHER, this::watcherCame));
    }
    return offered;
  }

  private void watcherCame(String owner) {
    boolean again;
    synchronized (this) {
      again = wanted && !owner.isEmpty();
    }
    if (again) {
      register();
    }
  }

  private Future<Void> register() {
    return bus.call(Bus.NAME, Bus.PATH, Bus.NAME, "RequestName", "su", name, DO_NOT_QUEUE)
        .compose(
            answer -> {
              int result = (int) Plain.number(Bus.body(answer).get(0));
              return result == OWNED || result == OWNED_ALREADY
                  ? Future.succeededFuture()
                  : Future.failedFuture(
                      new BusError(BusError.Kind.REFUSED, name + " is another program's name"));
            })
        .compose(
            owned ->
                bus.call(WATCHER, WATCHER_PATH, WATCHER, "RegisterStatusNotifierItem", "s", name))
        .mapEmpty();
  }

  Future<Map<String, Object>> capability() {
    return bus.isThere(WATCHER)
        .map(there -> there ? Absent.there() : NO_TRAY.capability())
        .otherwise(fault -> Absent.NO_BUS.capability());
  }

  private synchronized List<TrayInterfaces.Pixmap> pixmaps() {
    if (pixmap.isEmpty() && icon.isPresent()) {
      pixmap = read(icon.get());
    }
    return pixmap.map(List::of).orElse(List.of());
  }

  /** Empty if it is no picture that can be read: then trays show the app's name. */
  private static Optional<TrayInterfaces.Pixmap> read(Path file) {
    BufferedImage image;
    try {
      image = ImageIO.read(file.toFile());
    } catch (IOException e) {
      return Optional.empty();
    }
    if (image == null) {
      return Optional.empty();
    }
    double scale = Math.min(1, (double) SIDE / Math.max(image.getWidth(), image.getHeight()));
    int width = Math.max(1, (int) (image.getWidth() * scale));
    int height = Math.max(1, (int) (image.getHeight() * scale));
    BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    Graphics2D pen = small.createGraphics();
    pen.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    pen.drawImage(image, 0, 0, width, height, null);
    pen.dispose();
    ByteBuffer argb = ByteBuffer.allocate(width * height * Integer.BYTES);
    for (int pixel : small.getRGB(0, 0, width, height, null, 0, width)) {
      argb.putInt(pixel);
    }
    return Optional.of(new TrayInterfaces.Pixmap(width, height, argb.array()));
  }

  /** The icon, as trays see it. */
  private final class Item implements TrayInterfaces.StatusNotifierItem, Properties {
    @Override
    public void Activate(int x, int y) {
      activated.run();
    }

    @Override
    public void SecondaryActivate(int x, int y) {
      activated.run();
    }

    @Override
    public void ContextMenu(int x, int y) {
      throw new UnknownMethod("the menu is that of the property Menu");
    }

    @Override
    public void Scroll(int delta, String orientation) {
      throw new UnknownMethod("nothing scrolls here");
    }

    @Override
    public Map<String, Variant<?>> GetAll(String type) {
      List<TrayInterfaces.Pixmap> pictures = pixmaps();
      String text;
      synchronized (Tray.this) {
        text = tooltip;
      }
      Map<String, Variant<?>> all = new LinkedHashMap<>();
      all.put("Category", new Variant<>("ApplicationStatus"));
      all.put("Id", new Variant<>(id));
      all.put("Title", new Variant<>(title));
      all.put("Status", new Variant<>("Active"));
      all.put("WindowId", new Variant<>(0));
      all.put("IconName", new Variant<>(""));
      all.put("IconPixmap", new Variant<>(pictures, "a(iiay)"));
      all.put(
          "ToolTip",
          new Variant<>(new TrayInterfaces.ToolTip("", List.of(), text, ""), "(sa(iiay)ss)"));
      all.put("ItemIsMenu", new Variant<>(false));
      all.put("Menu", new Variant<>(new DBusPath(MENU_PATH)));
      return all;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <A> A Get(String type, String property) {
      Variant<?> value = GetAll(type).get(property);
      if (value == null) {
        throw new UnknownMethod("there is no property " + property);
      }
      return (A) value;
    }

    @Override
    public <A> void Set(String type, String property, A value) {
      throw new UnknownMethod("nothing can be set here");
    }

    @Override
    public boolean isRemote() {
      return false;
    }

    @Override
    public String getObjectPath() {
      return ITEM_PATH;
    }
  }
}
