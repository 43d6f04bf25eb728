# What patches the host by itself, and when it last succeeded. apt.systemd.daily sets upgrade-stamp
# after a success alone; unattended-upgrades sets its own after a failure too, and then its log tells.
read_schedule() {
    command -v apt-get >/dev/null 2>&1 || { say absent 'apt-get is not installed'; return; }
    command -v unattended-upgrade >/dev/null 2>&1 && say installed unattended-upgrade
    ask setting '^(APT::Periodic|Unattended-Upgrade)::' apt-config dump
    set +f
    set -- /var/lib/apt/periodic/*stamp
    set -f
    [ -e "$1" ] && ask stamp '^[0-9]+ /' stat -c '%Y %n' -- "$@"
    log=/var/log/unattended-upgrades/unattended-upgrades.log
    [ -e /var/lib/apt/periodic/upgrade-stamp ] || [ ! -d "${log%/*}" ] || softly ask \
        log ' (ERROR|INFO (Starting|All upgrades installed|No packages found))' privileged tail -c 65536 "$log"
    cron_entries '(unattended-upgrade|apt(-get)?[[:blank:]].*upgrade|aptitude[[:blank:]].*upgrade)'
}
