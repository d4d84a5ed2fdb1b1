package dev.dunlin.shell.resources;

import java.util.List;

/** Makes the id under which the bridge knows a document and the policies it was served with. */
@FunctionalInterface
public interface DocumentRegistrar {
  /**
   * Called once for every navigation to an HTML page of the app, before its first byte is sent.
   *
   * @param window number of the window it will be shown in
   * @param metaPolicies the {@code <meta>} policies of the page, in order; they join the header's
   * @return the document id, printable ASCII without quotes or backslashes
   */
  String register(int window, List<String> metaPolicies);

  /** The policies that a window has beside the app's, as they are sent. */
  default List<String> policies(int window) {
    return List.of();
  }
}
