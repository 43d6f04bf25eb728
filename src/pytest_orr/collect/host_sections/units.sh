# Named properties of the service's units, and of those that patch, renew and measure the host.
read_units() {
    [ -d /run/systemd/system ] || { say absent 'systemd does not run this host'; return; }
    with_units show_units
}

show_units() {
    ask property '^$|^[A-Za-z]+=' bounded systemctl show --no-pager \
        -p Id,Names,LoadState,ActiveState,SubState,UnitFileState,Type,Restart,NRestarts,User,DynamicUser \
        -p TimeoutStopUSec,ExecMainStartTimestamp,ExecMainExitTimestamp,ExecMainStatus,Result \
        -p LastTriggerUSec -- "$@"
}
