#!/bin/sh
# dunlin-app FOLDER [ARGUMENT...]: opens the app in FOLDER as users get it.
runtime=$(readlink -f -- "$0")
runtime=${runtime%/bin/*}
app=$1
shift
. "$runtime/lib/private-tmp.sh"
make_private_tmp
archive=-Xshare:auto
[ ! -f "$runtime/lib/dunlin.jsa" ] || archive=-XX:SharedArchiveFile=$runtime/lib/dunlin.jsa
exec "$runtime/jre/bin/java" "@$runtime/lib/java.args" "$archive" -Ddunlin.launched=script "-Ddunlin.engine=$runtime/engine" \
  "-Ddunlin.app=$app" -cp "$runtime/lib/dunlin.jar" dev.dunlin.shell.Main "$@"
