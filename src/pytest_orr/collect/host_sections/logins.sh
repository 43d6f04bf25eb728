# Users who can log in, one a line: name:uid:gid:home:shell.
know_logins() {
    if [ -z "$logins" ]; then
        text=$(bounded getent passwd 2>/dev/null || head -c 1048576 /etc/passwd)
        OLD_IFS=$IFS IFS=$nl
        for line in $text; do
            case $line in *nologin | */false | */sync | */shutdown | */halt) continue ;; esac
            IFS=:
            # shellcheck disable=SC2086 # one field a word
            set -- $line
            IFS=$nl
            case $6 in /*) logins="$logins$1:$3:$4:$6:$7$nl" ;; esac
        done
        IFS=$OLD_IFS
    fi
    [ -n "$logins" ] || say failed 'nobody can log in here, says the list of users'
    tell login . "$logins"
}

# in_homes NAME COMMAND…: the command with the path NAME in every home as further arguments.
in_homes() {
    name=$1; shift
    OLD_IFS=$IFS IFS=$nl
    for login in $logins; do
        home=${login%:*}
        set -- "$@" "${home##*:}$name"
    done
    IFS=$OLD_IFS
    "$@"
}
