#!/bin/sh
# Makes the class-data archive, with which the JVM starts twice as fast. Where it can't be made, apps start all the same.
# make-archive installed: on the system that the runtime is for; Chromium's library is fitted to it too.
runtime=$(readlink -f -- "$0")
runtime=${runtime%/bin/*}
"$runtime/jre/bin/java" "@$runtime/lib/java.args" -Xshare:dump -Xlog:disable "-XX:SharedClassListFile=$runtime/lib/classes.lst" \
  "-XX:SharedArchiveFile=$runtime/lib/dunlin.jsa" -cp "$runtime/lib/dunlin.jar" >/dev/null 2>&1 ||
  echo 'dunlin: no class-data archive could be made, so starts take longer' >&2
[ "${1-}" != installed ] ||
  "$runtime/jre/bin/java" "@$runtime/lib/java.args" -Xlog:disable -cp "$runtime/lib/dunlin.jar" dev.dunlin.shell.engine.EngineFitting "$runtime/engine" ||
  echo "dunlin: $runtime/engine stays as it was, so apps take 45 MB more" >&2
