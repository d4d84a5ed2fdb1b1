#!/bin/sh
# The command dunlin of the SDK: what ./dunlin at the root of the sources is, without Java, Maven or the sources.
sdk=$(readlink -f -- "$0")
sdk=${sdk%/bin/*}
runtime=@RUNTIME@
main=dev.dunlin.shell.Main
case ${1-} in
  build | init | keygen | seed | sign | verify) main=dev.dunlin.installers.Main ;;
  docs)
    shift
    set -- run --prod "$@" "$sdk/docs"
    ;;
esac
case ${1-} in
  run)
    . "$runtime/lib/private-tmp.sh"
    make_private_tmp
    ;;
esac
archive=-Xshare:auto
[ ! -f "$runtime/lib/dunlin.jsa" ] || archive=-XX:SharedArchiveFile=$runtime/lib/dunlin.jsa
exec "$runtime/jre/bin/java" "@$runtime/lib/java.args" "$archive" -Ddunlin.launched=script "-Ddunlin.engine=$runtime/engine" \
  "-Ddunlin.runtime=$runtime" "-Ddunlin.home=$sdk" -cp "$runtime/lib/dunlin.jar:$sdk/lib/*" "$main" "$@"
