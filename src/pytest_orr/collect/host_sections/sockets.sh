# TCP sockets that listen; as root, with the names of their processes.
read_sockets() {
    if [ "$uid" = 0 ]; then ask listening '^LISTEN' ss -H -ltnp; else ask listening '^LISTEN' ss -H -ltn; fi
}
