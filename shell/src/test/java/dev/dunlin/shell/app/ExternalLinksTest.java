package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dunlin.shell.host.Os;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExternalLinksTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://example.com",
        "https://example.com:8443/a?b=c&d=%20e#f",
        "http://127.0.0.1:8080/",
        "http://[::1]:8080/",
        "HTTP://Example.COM/Path",
        "https://xn--bcher-kva.example/",
        "https://example.com/$(id);'x'&y",
        "mailto:someone@example.com?subject=Hi&cc=other@example.com",
        "MailTo:someone@example.com"
      })
  void theLinkIsOneArgumentOfTheSystemsOpener(String url) {
    assertEquals(Optional.of(List.of("xdg-open", url)), ExternalLinks.argv(Os.LINUX, url));
    assertEquals(Optional.of(List.of("open", url)), ExternalLinks.argv(Os.MAC, url));
    assertEquals(
        Optional.of(List.of("rundll32", "url.dll,FileProtocolHandler", url)),
        ExternalLinks.argv(Os.WINDOWS, url));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "-n",
        "--help",
        "-https://example.com/",
        "example.com",
        "//example.com/",
        "/etc/passwd",
        "C:\\Windows\\System32\\calc.exe",
        "\\\\server\\share",
        "http:",
        "http:/example.com",
        "http:example.com",
        "http://",
        "http:///x",
        "https://-evil example.com/",
        "https:\\\\example.com\\",
        "httpx://example.com/",
        "xhttp://example.com/",
        " https://example.com/",
        "https://example.com/ --option",
        "https://example.com/\n",
        "https://example.com/\u0000",
        "https://exam\tple.com/",
        "https://example.com/\"x",
        "https://example.com/`id`",
        "https://example.com/a|b",
        "https://example.com/<x>",
        "https://user:pw@example.com/",
        "https://example.com@evil.example/",
        "https://b\u00FCcher.example/",
        "javascript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "javascript://example.com/%0aalert(1)",
        "data:text/html,x",
        "blob:https://example.com/x",
        "view-source:https://example.com/",
        "file:///etc/passwd",
        "file://server/share",
        "FILE:///etc/passwd",
        "smb://server/share",
        "nfs://server/share",
        "ftp://example.com/",
        "ssh://example.com/",
        "ssh://-oProxyCommand=x/",
        "tel:+123",
        "ms-msdt:/id",
        "search-ms:query=x",
        "vscode://file/x",
        "jar:http://example.com/x!/",
        "intent://example.com/",
        "about:blank",
        "mailto",
        "mailto:a@example.com?attach=/etc/passwd",
        "mailto:a@example.com?subject=x&ATTACHMENT=/etc/passwd",
        "mailto:a@example.com?%61ttach=/etc/passwd",
        "mailto:?x=y;attach=/etc/passwd",
        "mailto:?subject=x&%zz=y",
        "mailto:a@example.com\nBcc:b@example.com",
        "mailto:a@example.com --attach /etc/passwd"
      })
  void nothingElseLeavesTheApp(String url) {
    for (Os os : List.of(Os.LINUX, Os.MAC, Os.WINDOWS)) {
      assertEquals(Optional.empty(), ExternalLinks.argv(os, url));
    }
  }

  @Test
  void aLinkIsAsLongAsACommandLineTakes() {
    String longest = "https://example.com/";
    longest += "a".repeat(ExternalLinks.LINK_LENGTH - longest.length());
    assertEquals(Optional.of(List.of("open", longest)), ExternalLinks.argv(Os.MAC, longest));
    assertEquals(Optional.empty(), ExternalLinks.argv(Os.MAC, longest + "a"));
  }
}
