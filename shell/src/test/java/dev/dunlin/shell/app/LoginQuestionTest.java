package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import org.junit.jupiter.api.Test;

class LoginQuestionTest {
  @Test
  void saysWhoAsksThatItWasWrongAndThatOthersCanReadAlong() {
    assertEquals(
        List.of(
            "The proxy http://p:1 wants a name and a password.",
            "It says: “Ops”",
            "It did not take what was given before.",
            "Others on the way can read what you send there."),
        new LoginQuestion("http://p:1", "Ops", true, true).words());
    assertEquals(
        List.of("The server https://s wants a name and a password."),
        new LoginQuestion("https://s", "", false, false).words());
  }

  @Test
  void aRealmCanNotDisturbTheWordsAroundItNorAreThePasswordsWritten() {
    assertEquals("abc", ServerLogins.shown("a\u202eb\n\u0007c"));
    assertEquals(ServerLogins.REALM_LENGTH + 1, ServerLogins.shown("x".repeat(10_000)).length());
    assertFalse(new LoginQuestion.Answer("ann", "sesame").toString().contains("sesame"));
  }
}
