# cron_entries PATTERN: the files of cron with a line that matches outside of comments; of the line
# itself nothing is said.
cron_entries() {
    pattern=$1
    set -- /etc/crontab /etc/cron.d /etc/cron.hourly /etc/cron.daily /etc/cron.weekly /etc/cron.monthly
    if may_see_all; then set -- "$@" /var/spool/cron/crontabs
    elif [ -d /var/spool/cron/crontabs ]; then say unread /var/spool/cron/crontabs
    fi
    tell cron . "$(privileged grep -rslE "^[^#]*$pattern" -- "$@" 2>/dev/null)"
}
