# The effective settings of the SSH server, and the lines of its files that say what Match blocks
# set otherwise, which sshd -T alone does not show.
read_sshd() {
    server=$(command -v sshd) || { say absent 'sshd is not installed'; return; }
    may_see_all || { say denied 'only root may ask sshd for its effective settings'; return; }
    set -- port listenaddress passwordauthentication kbdinteractiveauthentication permitemptypasswords \
        permitrootlogin pubkeyauthentication authenticationmethods allowusers allowgroups allowagentforwarding \
        allowtcpforwarding x11forwarding authorizedkeysfile authorizedkeyscommand
    OLD_IFS=$IFS IFS='|'
    settings="^($*) "
    IFS=$OLD_IFS
    ask setting "$settings" privileged "$server" -T
    set +f
    set -- /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf
    set -f
    [ -e "$2" ] || set -- "$1"
    grep_lines match -isHE '^[[:blank:]]*(match|passwordauthentication|kbdinteractiveauthentication|challengeresponseauthentication|permitrootlogin|permitemptypasswords)[[:blank:]=]' -- "$@"
    tell line . "$text"
}
