package dev.dunlin.bt.bluez;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EchoesTest {
  private static final String PATH = "/char1";
  private static final Buffer READ = Buffer.buffer("read");
  private static final Buffer TOLD = Buffer.buffer("told");

  private final Echoes echoes = new Echoes();

  @Test
  void whatIsHeardWithoutAReadWasNotified() {
    assertEquals(List.of(TOLD), echoes.heard(PATH, 1, TOLD));
  }

  @Test
  void theEchoIsNoNotificationWhicheverComesFirst() {
    echoes.begins(PATH);
    assertEquals(List.of(), echoes.heard(PATH, 1, READ));
    assertEquals(List.of(), echoes.answered(PATH, 2, Optional.of(READ)));
    echoes.begins(PATH);
    assertEquals(List.of(), echoes.answered(PATH, 4, Optional.of(READ)));
    assertEquals(List.of(), echoes.heard(PATH, 3, READ));
    assertEquals(List.of(READ), echoes.heard(PATH, 5, READ));
  }

  @Test
  void notificationsBesideAReadComeInOrderAndAtOnce() {
    echoes.begins(PATH);
    assertEquals(List.of(), echoes.heard(PATH, 1, TOLD));
    assertEquals(List.of(TOLD), echoes.heard(PATH, 2, READ));
    assertEquals(List.of(), echoes.answered(PATH, 3, Optional.of(READ)));
    assertEquals(List.of(READ), echoes.heard(PATH, 4, READ));
    assertEquals(List.of(TOLD), echoes.heard("/other", 5, TOLD));
  }

  @Test
  void aValueOfItsOwnAfterAnOvertakenReplyIsANotification() {
    echoes.begins(PATH);
    echoes.answered(PATH, 5, Optional.of(READ));
    assertEquals(List.of(TOLD), echoes.heard(PATH, 3, TOLD));
    assertEquals(List.of(), echoes.heard(PATH, 4, READ));
    assertEquals(List.of(READ), echoes.heard(PATH, 6, READ));
  }

  @Test
  void aReadThatFailedKeepsNothingBack() {
    echoes.begins(PATH);
    assertEquals(List.of(), echoes.heard(PATH, 1, TOLD));
    assertEquals(List.of(TOLD), echoes.answered(PATH, 2, Optional.empty()));
    assertEquals(List.of(READ), echoes.heard(PATH, 3, READ));
  }

  @Test
  void aReadThatIsNeverAnsweredKeepsBackOneValueUntilTheNext() {
    echoes.begins(PATH);
    assertEquals(List.of(), echoes.heard(PATH, 1, TOLD));
    assertEquals(List.of(TOLD), echoes.begins(PATH));
  }
}
