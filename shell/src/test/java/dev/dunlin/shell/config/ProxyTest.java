package dev.dunlin.shell.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProxyTest {
  private static List<String> switches(String setting) {
    return Proxy.of(setting, "").switches();
  }

  @Test
  void eachWayOfGoingByAProxyIsASwitchOfChromiums() {
    assertEquals(List.of(), switches("system"));
    assertEquals(List.of("no-proxy-server"), switches("direct"));
    assertEquals(List.of("proxy-auto-detect"), switches("auto"));
    assertEquals(List.of("proxy-pac-url=http://a.test/x.pac"), switches("http://a.test/x.pac"));
    for (String servers :
        List.of("10.0.0.1:3128", "socks5://[::1]:1080", "http=a:80;https=b.test:443")) {
      assertEquals(List.of("proxy-server=" + servers), switches(servers));
    }
    assertEquals(
        List.of("proxy-server=a:1", "proxy-bypass-list=*.local, 10.0.0.0/8"),
        Proxy.of("a:1", "*.local, 10.0.0.0/8").switches());
  }

  @Test
  void whatIsNoProxyIsRefused() {
    for (String wrong :
        List.of(
            "ann:secret@a:1",
            "file:///x.pac",
            "ftp://a",
            "a b",
            "a:1\n--x",
            "a".repeat(Proxy.LENGTH + 1))) {
      assertThrows(IllegalArgumentException.class, () -> Proxy.of(wrong, ""), wrong);
    }
    assertThrows(IllegalArgumentException.class, () -> Proxy.of("a:1", "x\n--y"));
  }
}
