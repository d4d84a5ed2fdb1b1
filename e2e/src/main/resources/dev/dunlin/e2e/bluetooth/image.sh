#!/bin/sh
# image.sh FOLDER: puts a kernel with its modules for Bluetooth into FOLDER: 'vmlinuz' and 'initrd', which holds init, guest and
# air from beside this script. Debian's own packages are unpacked, none is installed; nothing needs root.
set -eu
PATH=$PATH:/usr/sbin:/sbin
here=$(CDPATH='' cd -P -- "${0%/*}" && pwd -P)
cd "$1"

# The meta package depends on the newest kernel.
kernel=$(apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/.*Depends: \(linux-image-[0-9]\)/\1/p' | head -n 1)
[ -n "$kernel" ] || { echo 'apt knows no package linux-image-amd64: run apt-get update (Debian has it, Ubuntu has not)' >&2; exit 1; }
version=${kernel#linux-image-}
apt-get -q download "$kernel" busybox-static >apt.log 2>&1 || { cat apt.log >&2; exit 1; }
for package in *.deb; do dpkg-deb -x "$package" unpacked; done

# The second line is for the bus's transport and pairing. SMP takes random numbers from drbg: without it every pairing fails with "Unspecified
# reason". All are loaded by init: a modprobe by the kernel, over 9p, takes so long that btvirt misses the reset of a controller.
wanted="virtio_pci virtio_net 9pnet_virtio 9p overlay bluetooth hci_vhci
  ecdh_generic cmac ecb algif_hash algif_skcipher algif_aead sha256_generic sha512_generic hmac ctr drbg"
depmod -b unpacked "$version"
mkdir -p root/bin root/modules root/proc root/sys root/dev root/host root/own root/new
cp unpacked/bin/busybox root/bin/
for module in $wanted; do
  modprobe -d unpacked -S "$version" --show-depends "$module"
done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' | while IFS= read -r file; do
  cp "$file" root/modules/
  echo "${file##*/}" >>root/modules/order
done
cp "$here/init" "$here/guest" "$here/air" root/
chmod +x root/init root/guest root/air
(cd root && find . | bin/busybox cpio -o -H newc 2>/dev/null | gzip -1) >initrd
cp "unpacked/boot/vmlinuz-$version" vmlinuz
rm -rf root unpacked ./*.deb apt.log
