package dev.dunlin.e2e;

import java.util.List;

/**
 * Another machine for one process and its children: this one in a mount name space of its own, with
 * a layer over folders of the system, in which files can be taken away or added. Needs root.
 */
public final class Machine {
  /**
   * Puts a layer over each folder given before {@code --}, changes what {@code CHANGE} says, and
   * becomes the rest. What is mounted below a folder stays.
   */
  private static final String SCRIPT =
      """
      set -e
      change=$1 && shift
      mount -t tmpfs layer /mnt
      while [ "$1" != -- ]; do
        name=$(echo "$1" | tr / _)
        mkdir -p "/mnt/$name/upper" "/mnt/$name/work"
        if [ "$1" = /dev ]; then mkdir /mnt/shm && mount --bind /dev/shm /mnt/shm; fi
        mount -t overlay layer -o "lowerdir=$1,upperdir=/mnt/$name/upper,workdir=/mnt/$name/work" "$1"
        if [ "$1" = /dev ]; then mount --bind /mnt/shm /dev/shm; fi
        shift
      done
      shift
      eval "$change"
      exec "$@"
      """;

  private Machine() {}

  /** A machine with a folder for graphics cards, and no card behind it that works. */
  public static List<String> withABrokenGraphicsCard() {
    return changed("mkdir -p /dev/dri", "/dev");
  }

  /** A machine without this file, and without its package as far as the package manager knows. */
  public static List<String> without(String file, String packageName) {
    return changed(
        "rm "
            + file
            + "; sed -i '/^Package: "
            + packageName
            + "$/,/^$/ s/^Status: .*/Status: deinstall ok config-files/' /var/lib/dpkg/status",
        file.substring(0, file.lastIndexOf('/')),
        "/var/lib/dpkg");
  }

  /** A machine without this file, of which the package manager says that it is there. */
  public static List<String> without(String file) {
    return changed("rm " + file, file.substring(0, file.lastIndexOf('/')));
  }

  /**
   * A machine whose kernel makes no user namespace; who runs there is root of one that was made.
   */
  public static List<String> withoutUserNamespaces() {
    return List.of(
        "unshare",
        "--user",
        "--map-root-user",
        "sh",
        "-c",
        "echo 0 >/proc/sys/user/max_user_namespaces && exec \"$@\"",
        "sh");
  }

  private static List<String> changed(String change, String... folders) {
    List<String> argv =
        new java.util.ArrayList<>(List.of("unshare", "-m", "sh", "-c", SCRIPT, "sh", change));
    argv.addAll(List.of(folders));
    argv.add("--");
    return argv;
  }
}
