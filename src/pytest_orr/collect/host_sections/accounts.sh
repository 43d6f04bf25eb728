# Who can log in, who may become root, and by which keys: fingerprints, never the keys. A line is the
# path of a file, then those of its keys; larger ones than anybody writes are named, not read.
read_accounts() {
    know_logins
    text=$(bounded getent group sudo wheel admin 2>/dev/null)
    case $? in 0 | 2) tell group : "$text" ;; *) say unread 'the groups sudo, wheel and admin' ;; esac
    in_homes /.ssh look_for_authorized_keys
}

look_for_authorized_keys() {
    find_and key "$@" -maxdepth 1 '(' -name authorized_keys -o -name authorized_keys2 ')' -size +0 -print \
        -size -200 -exec ssh-keygen -l -f '{}' ';'
}
