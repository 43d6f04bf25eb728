# Whether what runs is what is installed.
read_reboot() {
    [ -e /var/run/reboot-required ] && say required /var/run/reboot-required
    [ -r /var/run/reboot-required.pkgs ] \
        && softly ask package '^[a-z0-9]' head -c 65536 /var/run/reboot-required.pkgs
    IFS= read -r line </proc/sys/kernel/osrelease && say running "$line"
    set +f
    for kernel in /boot/vmlinuz-*; do
        [ -e "$kernel" ] && say installed "${kernel#/boot/vmlinuz-}"
    done
    set -f
}
