# Read by ./dunlin and by the start scripts of installed apps (POSIX sh).

# JCEF joins TMPDIR and a predictable file name without a slash: give it a private folder, with the slash (ARCHITECTURE.md 4.1).
# Java removes the folder when it ends.
make_private_tmp() {
  base=${XDG_RUNTIME_DIR:-/tmp}
  [ -d "$base" ] && [ -w "$base" ] && [ -O "$base" ] || base=/tmp
  parent=$base/dunlin-$(id -u)
  # Chromium makes a socket 46 characters further down, whose path may have 107; with a longer one it ends without a word (SIGTRAP).
  longest=61
  made=$parent/dunlin-$$-XXXX
  if [ "${#made}" -gt "$longest" ]; then base=/tmp parent=/tmp/${parent##*/}; fi
  [ -d "$parent" ] || mkdir -m 700 "$parent" 2>/dev/null || :
  # Somebody else may have made it first, or made it a link: then a folder beside it does as well.
  if [ ! -d "$parent" ] || [ -L "$parent" ] || [ ! -O "$parent" ]; then parent=$base; fi
  # With the id of the process that this shell becomes: killed before Java says whose the folder is, it leaves one that the next start may delete.
  folder=$(mktemp -d "$parent/dunlin-$$-XXXX") || {
    echo "dunlin: can't make a folder in $parent; set XDG_RUNTIME_DIR to a folder of yours." >&2
    exit 1
  }
  DUNLIN_USER_TMPDIR=${TMPDIR-} TMPDIR=$folder/
  # What Chromium would add to the environment of a process with many threads, which may end it: see NativeProcess.java.
  : "${DBUS_SESSION_BUS_ADDRESS:=disabled:}" "${DBUS_SYSTEM_BUS_ADDRESS:=unix:path=/var/run/dbus/system_bus_socket}" "${FC_FONTATIONS:=1}" "${GDK_BACKEND:=x11}"
  : "${ACCESSIBILITY_ENABLED=}" "${AT_SPI_BUS_ADDRESS=}"
  export DUNLIN_USER_TMPDIR TMPDIR DBUS_SESSION_BUS_ADDRESS DBUS_SYSTEM_BUS_ADDRESS FC_FONTATIONS GDK_BACKEND ACCESSIBILITY_ENABLED AT_SPI_BUS_ADDRESS
}
