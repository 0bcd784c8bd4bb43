/** The init of the initramfs: it inserts what the disk needs, waits for that, and hands over. */
export const initScript = `#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t sysfs sysfs /sys
$b mount -t devtmpfs dev /dev
for m in /mod/*.ko; do $b insmod $m || echo "initramfs: $m"; done
n=0
while [ ! -b /dev/vda ] && [ $n -lt 600 ]; do $b sleep 0.1; n=$((n+1)); done
$b mount -t ext4 /dev/vda /new || { echo "initramfs: no disk"; $b poweroff -f; }
$b mount -o move /dev /new/dev
$b mount -o move /sys /new/sys
$b umount /proc
exec $b switch_root /new /sbin/init
`

/** What runs in the machine: lines of base64 come in by a serial line, each a script; what it printed goes back. */
const guest = `#!/bin/bash
mkdir -p /run/test-guest
cd /run/test-guest
mount -o ro /dev/vdb /opt/hostdeps 2>/dev/null
exec 3<>/dev/ttyS1
stty -F /dev/ttyS1 raw -echo
echo "guest up $(uname -r)" >&3
while IFS= read -r line <&3; do
  printf %s "$line" | base64 -d > script
  bash script > out 2> err < /dev/null 3>&-
  code=$?
  echo "done $code $(gzip -c out | base64 -w0) $(gzip -c err | base64 -w0)" >&3
done
`

const service = `[Unit]
Description=Runs what the test says
After=multi-user.target
[Service]
ExecStart=/usr/local/sbin/test-guest
Environment=HOME=/root
Type=simple
[Install]
WantedBy=multi-user.target
`

/** Not After=multi-user.target: systemd says that it is up only when all that it started is. */
export const guestFiles: Readonly<Record<string, string>> = {
  '/usr/local/sbin/test-guest': guest,
  '/etc/systemd/system/test-guest.service': service.replace('After=multi-user.target\n', ''),
  '/etc/fstab': '/dev/vda / ext4 defaults 0 1\n',
  '/opt/hostdeps/.keep': '',
}
