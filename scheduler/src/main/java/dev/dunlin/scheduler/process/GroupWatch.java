package dev.dunlin.scheduler.process;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Ends process groups, also once we are gone: a shell that outlives us for a moment. Its input is a
 * pipe from us, so it reads the end of file when we die, by SIGKILL too, and kills the groups it
 * was told of. Who ends it gets another. (The kernel's parent-death signal reaches only a child,
 * not what the child started.)
 *
 * <p>Thread: any.
 */
final class GroupWatch {
  private static final Logger LOG = System.getLogger(GroupWatch.class.getName());

  // A group leaves the list when its leader has ended: after that its number may be somebody
  // else's.
  private static final String SCRIPT =
      """
      trap '' HUP INT TERM QUIT
      all=" $* "
      while read -r what id; do
        case $what in
          watch) case $all in *" $id "*) ;; *) all="$all$id " ;; esac ;;
          forget) case $all in *" $id "*) all="${all%%" $id "*} ${all#*" $id "}" ;; esac ;;
          kill) kill -s KILL -- "-$id" 2>/dev/null ;;
        esac
      done
      for id in $all; do kill -s KILL -- "-$id" 2>/dev/null; done
      """;

  /**
   * What starts the watching shell.
   *
   * @param groups those it watches over from its first moment
   */
  private static ProcessSpec spec(Set<Long> groups) {
    List<String> argv = new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT, "dunlin-group-watch"));
    groups.forEach(group -> argv.add(Long.toString(group)));
    return ProcessSpec.of(argv.toArray(String[]::new))
        .withStdio(ProcessSpec.Stdio.PIPE, ProcessSpec.Stdio.NULL, ProcessSpec.Stdio.NULL)
        .withParentDeath(ProcessSpec.ParentDeath.SURVIVE);
  }

  /**
   * Starts of the shell, the first one included. Over: it is not started again, and that is said.
   */
  static final int STARTS = 100;

  /** Starts the shell. */
  interface Starter {
    Process start(ProcessSpec spec) throws IOException;
  }

  private final Starter starter;

  // Guarded by this.
  private final Set<Long> groups = new TreeSet<>();
  private Process shell;
  private int starts;

  GroupWatch(Starter starter) throws IOException {
    this.starter = starter;
    start();
  }

  synchronized void watch(long group) {
    groups.add(group);
    tell("watch", group);
  }

  synchronized void forget(long group) {
    groups.remove(group);
    tell("forget", group);
  }

  synchronized void kill(long group) {
    tell("kill", group);
  }

  private void tell(String what, long group) {
    try {
      say(shell, what, group);
    } catch (IOException gone) {
      if (restart(shell)) {
        try {
          say(shell, what, group);
        } catch (IOException again) {
          lost(again);
        }
      }
    }
  }

  private static void say(Process shell, String what, long group) throws IOException {
    OutputStream out = shell.getOutputStream();
    out.write((what + " " + group + "\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private void start() throws IOException {
    starts++;
    Process started = starter.start(spec(groups));
    shell = started;
    // When somebody ends it, what it watched over must not be without.
    started.onExit().thenAccept(this::restart);
  }

  private synchronized boolean restart(Process ended) {
    if (ended != shell) {
      return true;
    }
    if (starts == STARTS) {
      lost(new IOException("it has ended " + STARTS + " times"));
      return false;
    }
    try {
      start();
      return true;
    } catch (IOException e) {
      lost(e);
      return false;
    }
  }

  private static void lost(IOException why) {
    LOG.log(
        Level.WARNING,
        "the process that ends what children have started is gone; such processes may live on",
        why);
  }
}
