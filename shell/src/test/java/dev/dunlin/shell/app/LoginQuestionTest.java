package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
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

  @Test
  void aSiteThatLoadsAnewHasNobodyAskedMoreOftenUntilItTakesWhatItIsTold() {
    ServerLogins logins = new ServerLogins(id -> Optional.empty(), Optional.empty(), said -> {});
    assertEquals(Optional.empty(), logins.next(1), "of the app's own pages nobody is asked");
    logins.leaves(1, "https://a.example/one");
    for (int i = 0; i < ServerLogins.TRIES; i++) {
      assertEquals(Optional.of(false), logins.next(1));
      logins.answered(1, false);
      logins.leaves(1, "https://a.example/" + i);
      logins.arrived(1);
    }
    assertEquals(Optional.empty(), logins.next(1));
    logins.leaves(1, "https://b.example/");
    assertEquals(Optional.of(false), logins.next(1), "another site");
    logins.answered(1, true);
    assertEquals(Optional.of(true), logins.next(1), "it did not take it");
    logins.answered(1, true);
    logins.arrived(1);
    for (int i = 0; i < ServerLogins.TRIES; i++) {
      assertTrue(logins.next(1).isPresent(), "it has taken it");
    }
    assertEquals(Optional.empty(), logins.next(1));
  }

  @Test
  void aFrameInThePageIsNotThePage() throws IOException {
    ObjectMapper json = new ObjectMapper();
    String target = "{\"targetInfo\":{\"targetId\":\"P\",\"type\":\"page\"}}";
    assertTrue(ServerLogins.isPage(json.readTree(target), json.readTree("{\"frameId\":\"P\"}")));
    assertFalse(ServerLogins.isPage(json.readTree(target), json.readTree("{\"frameId\":\"F\"}")));
  }
}
