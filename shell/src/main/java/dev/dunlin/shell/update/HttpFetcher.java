package dev.dunlin.shell.update;

import dev.dunlin.shell.update.UpdateException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/** Fetches by https; by http from this machine only. */
final class HttpFetcher implements Fetcher {
  /** A server that is silent for longer is given up. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  /** Most redirects; one more is a fault. */
  private static final int MAX_REDIRECTS = 5;

  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  /**
   * @throws UpdateException when an update may not come from there
   */
  static URI address(String text) {
    try {
      URI address = new URI(text);
      String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
      String host = address.getHost();
      boolean good =
          host != null
              && address.getRawUserInfo() == null
              && address.getRawFragment() == null
              && (scheme.equals("https") || scheme.equals("http") && isLoopback(host));
      if (good) {
        return address;
      }
    } catch (URISyntaxException e) {
      // Said below.
    }
    throw new UpdateException(
        Code.URL,
        "updates don't come from '"
            + text
            + "': write an address that begins with https:// (http:// is for 127.0.0.1 only)");
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost") || host.equals("[::1]") || host.equals("127.0.0.1");
  }

  @Override
  public Content get(URI address, long from) throws IOException {
    URI at = address(address.toString());
    for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      HttpURLConnection connection = (HttpURLConnection) at.toURL().openConnection();
      connection.setInstanceFollowRedirects(false);
      connection.setUseCaches(false);
      connection.setConnectTimeout((int) SILENCE.toMillis());
      connection.setReadTimeout((int) SILENCE.toMillis());
      connection.setRequestProperty("User-Agent", "Dunlin");
      connection.setRequestProperty("Accept-Encoding", "identity");
      if (from > 0) {
        connection.setRequestProperty("Range", "bytes=" + from + "-");
      }
      int status = connection.getResponseCode();
      String location = connection.getHeaderField("Location");
      if (REDIRECTS.contains(status) && location != null) {
        connection.disconnect();
        at = address(at.resolve(location.strip()).toString());
        continue;
      }
      boolean isPart =
          status == 206
              && String.valueOf(connection.getHeaderField("Content-Range"))
                  .startsWith("bytes " + from + "-");
      if (status != 200 && !isPart) {
        connection.disconnect();
        throw new UpdateException(
            Code.NETWORK, at + " answers with status " + status + ": is all of it uploaded?");
      }
      InputStream bytes = connection.getInputStream();
      return new Content(bytes, isPart ? from : 0);
    }
    throw new UpdateException(Code.NETWORK, address + " redirects in a circle");
  }
}
