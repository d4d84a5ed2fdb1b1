package dev.dunlin.bridge.extension;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;

/**
 * The classes of one extension: its own, the JDK's, and of ours those that the SPI speaks of. The
 * rest of the host is not there, so that an extension may bring its own version of any library.
 */
final class ExtensionLoader extends URLClassLoader {
  private static final List<String> SHARED =
      List.of("dev.dunlin.bridge.spi.", "io.vertx.core.", "com.fasterxml.jackson.");

  private final ClassLoader host = ExtensionLoader.class.getClassLoader();

  ExtensionLoader(String name, URL[] classes) {
    super(name, classes, ClassLoader.getPlatformClassLoader());
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    return SHARED.stream().anyMatch(name::startsWith)
        ? host.loadClass(name)
        : super.loadClass(name, resolve);
  }
}
