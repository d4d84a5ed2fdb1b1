package dev.dunlin.net.udp;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Errors;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the system refuses, by the name it has in C, such as {@code EADDRINUSE}. No stack trace. */
public final class UdpException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Linux' numbers: only there Netty tells a number. */
  private static final Map<Integer, String> NUMBERS =
      Map.ofEntries(
          Map.entry(1, "EPERM"),
          Map.entry(5, "EIO"),
          Map.entry(9, "EBADF"),
          Map.entry(12, "ENOMEM"),
          Map.entry(13, "EACCES"),
          Map.entry(19, "ENODEV"),
          Map.entry(22, "EINVAL"),
          Map.entry(23, "ENFILE"),
          Map.entry(24, "EMFILE"),
          Map.entry(90, "EMSGSIZE"),
          Map.entry(92, "ENOPROTOOPT"),
          Map.entry(95, "ENOTSUP"),
          Map.entry(97, "EAFNOSUPPORT"),
          Map.entry(98, "EADDRINUSE"),
          Map.entry(99, "EADDRNOTAVAIL"),
          Map.entry(100, "ENETDOWN"),
          Map.entry(101, "ENETUNREACH"),
          Map.entry(105, "ENOBUFS"),
          Map.entry(106, "EISCONN"),
          Map.entry(107, "ENOTCONN"),
          Map.entry(111, "ECONNREFUSED"),
          Map.entry(113, "EHOSTUNREACH"));

  private static final Map<String, String> WORDS =
      Map.ofEntries(
          Map.entry("address already in use", "EADDRINUSE"),
          Map.entry("assign requested address", "EADDRNOTAVAIL"),
          Map.entry("permission denied", "EACCES"),
          Map.entry("operation not permitted", "EPERM"),
          Map.entry("message too long", "EMSGSIZE"),
          Map.entry("network is unreachable", "ENETUNREACH"),
          Map.entry("no route to host", "EHOSTUNREACH"),
          Map.entry("connection refused", "ECONNREFUSED"),
          Map.entry("no buffer space", "ENOBUFS"),
          Map.entry("no such device", "ENODEV"),
          Map.entry("too many open files", "EMFILE"),
          Map.entry("invalid argument", "EINVAL"));

  /** The system's texts, in the user's language: some faults come without their number. */
  private static final Map<String, String> TEXTS =
      Epoll.isAvailable()
          ? NUMBERS.entrySet().stream()
              .collect(
                  Collectors.toMap(
                      number -> text(number.getKey()), Map.Entry::getValue, (one, same) -> one))
          : Map.of();

  private static final Pattern NUMBER = Pattern.compile("error\\(-([0-9]+)\\)");

  private final String code;
  private final String syscall;

  private static String text(int number) {
    String message = new Errors.NativeIoException("", -number).getMessage();
    return message.substring(message.lastIndexOf(": ") + 2);
  }

  UdpException(String code, String syscall) {
    super(syscall + " " + code, null, false, false);
    this.code = code;
    this.syscall = syscall;
  }

  public static UdpException of(Throwable cause, String syscall) {
    return cause instanceof UdpException known ? known : new UdpException(code(cause), syscall);
  }

  private static String code(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof Errors.NativeIoException system) {
        return NUMBERS.getOrDefault(-system.expectedErr(), "EIO");
      } else if (cause instanceof PortUnreachableException) {
        return "ECONNREFUSED";
      } else if (cause instanceof ClosedChannelException) {
        return "EBADF";
      } else if (cause instanceof UnsupportedOperationException) {
        return "ENOSYS";
      } else if (cause instanceof IllegalArgumentException
          || cause instanceof IllegalStateException) {
        return "EINVAL";
      }
      String text = cause.getMessage() == null ? "" : cause.getMessage();
      Matcher number = NUMBER.matcher(text);
      if (number.find()) {
        return NUMBERS.getOrDefault(Integer.parseInt(number.group(1)), "EIO");
      }
      int colon = text.lastIndexOf(": ");
      String told = TEXTS.get(colon < 0 ? text : text.substring(colon + 2));
      if (told != null) {
        return told;
      }
      for (Map.Entry<String, String> known : WORDS.entrySet()) {
        if (text.toLowerCase(Locale.ROOT).contains(known.getKey())) {
          return known.getValue();
        }
      }
      if (cause instanceof NoRouteToHostException) {
        return "EHOSTUNREACH";
      }
    }
    return "EIO";
  }

  /** The error's name in C. */
  public String code() {
    return code;
  }

  /** What was tried. */
  public String syscall() {
    return syscall;
  }
}
