package dev.dunlin.scheduler.process;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;

/**
 * Ends process groups, also once we are gone: a shell that outlives us for a moment. Its input is a
 * pipe from us, so it reads the end of file when we die, by SIGKILL too, and kills the groups it
 * was told of. (The kernel's parent-death signal reaches only a child, not what the child started.)
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
      all=' '
      while read -r what id; do
        case $what in
          watch) all="$all$id " ;;
          forget) case $all in *" $id "*) all="${all%%" $id "*} ${all#*" $id "}" ;; esac ;;
          kill) kill -s KILL -- "-$id" 2>/dev/null ;;
        esac
      done
      for id in $all; do kill -s KILL -- "-$id" 2>/dev/null; done
      """;

  /** What starts the watching shell. */
  static final ProcessSpec SPEC =
      ProcessSpec.of("/bin/sh", "-c", SCRIPT, "dunlin-group-watch")
          .withStdio(ProcessSpec.Stdio.PIPE, ProcessSpec.Stdio.NULL, ProcessSpec.Stdio.NULL)
          .withParentDeath(ProcessSpec.ParentDeath.SURVIVE);

  // Guarded by this.
  private final OutputStream out;

  GroupWatch(OutputStream out) {
    this.out = out;
  }

  void watch(long group) {
    tell("watch", group);
  }

  void forget(long group) {
    tell("forget", group);
  }

  void kill(long group) {
    tell("kill", group);
  }

  private synchronized void tell(String what, long group) {
    try {
      out.write((what + " " + group + "\n").getBytes(StandardCharsets.US_ASCII));
      out.flush();
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          "the process that ends what children have started is gone; such processes may live on",
          e);
    }
  }
}
