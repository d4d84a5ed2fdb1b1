package dev.dunlin.net.nat;

/** What a peer does when it is introduced to another. Both sides work it out by the same table. */
public enum Strategy {
  /** Wait: the other one comes. */
  DEFER,
  DIRECT_CONNECT,
  /** Open many ports towards the other, which tries them. */
  TRAVERSAL_OPEN,
  /** Try the ports that the other opens, from many of our own. */
  TRAVERSAL_CONNECT,
  /** No way through: by the introducer. */
  PROXY;

  /** What {@code local} does to reach {@code remote}. */
  public static Strategy of(NatType local, NatType remote) {
    int a = local.value();
    return switch (remote.value()) {
      case 31 -> DIRECT_CONNECT;
      case 15 -> a == 31 ? DEFER : isNamed(a) ? DIRECT_CONNECT : PROXY;
      case 7 ->
          switch (a) {
            case 31 -> DEFER;
            case 15, 7 -> DIRECT_CONNECT;
            case 5 -> TRAVERSAL_CONNECT;
            default -> PROXY;
          };
      case 5 ->
          switch (a) {
            case 31 -> DEFER;
            case 15 -> DIRECT_CONNECT;
            case 7 -> TRAVERSAL_OPEN;
            default -> PROXY;
          };
      default -> PROXY;
    };
  }

  private static boolean isNamed(int value) {
    return value == 15 || value == 7 || value == 5;
  }
}
