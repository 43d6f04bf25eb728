# cron_entries PATTERN: the files of cron with a line that matches outside of comments; of the line
# itself nothing is said. One that stands back where systemd runs the host, as certbot's does, is none.
cron_entries() {
    pattern=$1
    set -- /etc/crontab /etc/cron.d /etc/cron.hourly /etc/cron.daily /etc/cron.weekly /etc/cron.monthly
    if may_see_all; then set -- "$@" /var/spool/cron/crontabs
    elif [ -d /var/spool/cron/crontabs ]; then say unread /var/spool/cron/crontabs
    fi
    text=$(privileged grep -rsHE "^[^#]*$pattern" -- "$@" 2>/dev/null)
    file=
    OLD_IFS=$IFS IFS=$nl
    for line in $text; do
        case $line in
            "$file":*) ;;
            *'-d /run/systemd/system'*) [ -d /run/systemd/system ] || { file=${line%%:*}; say cron "$file"; } ;;
            *) file=${line%%:*}; say cron "$file" ;;
        esac
    done
    IFS=$OLD_IFS
}
