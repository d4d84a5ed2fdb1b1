import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** The same in Java; started as a source file. */
class Echo {
  static void send(String event, String json) {
    System.out.println(
        "ipc://send?event=" + event + "&value=" + URLEncoder.encode(json, StandardCharsets.UTF_8));
  }

  public static void main(String[] words) throws Exception {
    System.out.println("ipc://heartbeat?seq=7");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = in.readLine()) != null; ) {
      if (line.startsWith("ipc://resolve")) {
        send("alive", "{\"seq\":\"7\",\"state\":\"0\"}");
      } else {
        String value = line.substring(line.indexOf("value=") + 6);
        String text = URLDecoder.decode(value, StandardCharsets.UTF_8);
        send("echo", "\"" + text.replaceAll(".*\"text\":\"(.*)\".*", "$1").toUpperCase() + "\"");
      }
    }
  }
}
