package dev.dunlin.shell.host;

/**
 * The operating systems that Dunlin runs on; what is neither Windows nor macOS is taken for Linux.
 */
public enum Os {
  LINUX("Linux"),
  MAC("macOS"),
  WINDOWS("Windows");

  private final String title;

  Os(String title) {
    this.title = title;
  }

  private static final Os HERE = of(System.getProperty("os.name"));

  /** This machine's. */
  public static Os here() {
    return HERE;
  }

  /** The one that Java calls so ({@code os.name}). */
  public static Os of(String name) {
    return name.startsWith("Windows") ? WINDOWS : name.startsWith("Mac") ? MAC : LINUX;
  }

  /** Its name for people. */
  @Override
  public String toString() {
    return title;
  }
}
