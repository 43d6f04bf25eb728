# cron_entries PATTERN: the files of cron with a line that matches outside of comments; of the line
# itself nothing is said. One that stands back where systemd runs the host, as certbot's does, is none.
cron_entries() {
    pattern=$1
    set --
    for file in /etc/crontab /etc/cron.d /etc/cron.hourly /etc/cron.daily /etc/cron.weekly /etc/cron.monthly; do
        [ -e "$file" ] && set -- "$@" "$file"
    done
    if [ -d /var/spool/cron/crontabs ]; then
        if may_see_all; then set -- "$@" /var/spool/cron/crontabs; else say unread /var/spool/cron/crontabs; fi
    fi
    text= file=
    [ $# = 0 ] || grep_lines cron -rsHE "^[^#]*$pattern" -- "$@"
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
