package dev.dunlin.shell.cli;

import dev.dunlin.bt.PairingAgent;
import dev.dunlin.scheduler.Threads;
import io.vertx.core.Future;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;

/** Asks about pairing where the command was typed. */
final class TerminalAgent implements PairingAgent {
  private final PrintWriter out;
  private final BufferedReader in;

  TerminalAgent(PrintWriter out, InputStream in) {
    this.out = out;
    this.in = new BufferedReader(new InputStreamReader(in, Charset.defaultCharset()));
  }

  @Override
  public Future<Answer> ask(Question question) {
    String device = question.device().id().value();
    if (question instanceof Question.ConfirmPasskey confirm) {
      return yesOrNo(
          "Pair with " + device + "? It must show " + digits(confirm.passkey()) + " [y/N] ");
    }
    if (question instanceof Question.Authorize) {
      return yesOrNo("Pair with " + device + "? [y/N] ");
    }
    if (question instanceof Question.ShowPasskey show) {
      out.println("Type " + digits(show.passkey()) + " at " + device + ".");
      out.flush();
      return Future.succeededFuture(new Answer.Yes());
    }
    return line("The six digits that " + device + " shows: ")
        .map(
            said ->
                said.matches("\\d{1,6}")
                    ? new Answer.Passkey(Integer.parseInt(said))
                    : new Answer.No());
  }

  private Future<Answer> yesOrNo(String question) {
    return line(question)
        .map(said -> said.equalsIgnoreCase("y") ? new Answer.Yes() : new Answer.No());
  }

  private static String digits(int passkey) {
    return String.format("%06d", passkey);
  }

  /** What is typed; nothing at the end of the input. On a thread of its own, since it waits. */
  private Future<String> line(String question) {
    out.print(question);
    out.flush();
    return Future.fromCompletionStage(
        Threads.async(
            "pairing",
            () -> {
              try {
                String line = in.readLine();
                return line == null ? "" : line.strip();
              } catch (IOException e) {
                return "";
              }
            }));
  }
}
