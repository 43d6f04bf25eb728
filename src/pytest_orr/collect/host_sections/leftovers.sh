# What a deployment must not leave behind: paths alone.
read_leftovers() {
    know_logins
    with_leftovers
}

# look_for ARGUMENTS OF find…: ~ at the beginning of one stands for every home.
look_for() {
    words=$#
    while [ "$words" -gt 0 ]; do
        word=$1 words=$((words - 1)); shift
        case $word in
            '~'*) OLD_IFS=$IFS IFS=$nl
                for login in $logins; do
                    home=${login%:*}
                    set -- "$@" "${home##*:}${word#?}"
                done
                IFS=$OLD_IFS ;;
            *) set -- "$@" "$word" ;;
        esac
    done
    find_files found "$@"
}
