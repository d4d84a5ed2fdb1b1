package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrySuite {
  static java.util.List<Account> accounts() {
    return Account.all();
  }

  @ParameterizedTest
  @MethodSource("accounts")
  void drives(Account account) {
    try (RunningApp app =
        RunningApp.Start.of(Layout.of(Account.self()).home().resolve("e2e/apps/bare"))
            .driven()
            .as(account)
            .start()) {
      Page page = app.page();
      page.await("document.documentElement.dataset.ready === 'true'");
      assertEquals(3, page.evaluate("1 + 2").asInt());
      page.click("#press");
      assertEquals("true", page.evaluate("document.body.dataset.pressed").asText());
      page.click("#field");
      page.type("héllo");
      assertEquals("héllo", page.evaluate("document.querySelector('#field').value").asText());
      app.processes().forEach((p, c) -> System.out.println(p + " " + c));
      System.out.println(app.proportionalBytes() >> 20);
      System.out.println(app.log());
    }
  }
}
