# What the machine has, and how much of it is in use.
read_machine() {
    IFS= read -r line </sys/devices/system/cpu/online && say cpus "$line"
    IFS= read -r line </proc/loadavg && say load "$line"
    while IFS= read -r line; do
        case $line in MemTotal:* | MemAvailable:*) say memory "$line" ;; Buffers:*) break ;; esac
    done </proc/meminfo
    ask disk '^[^ ]+ +[0-9]+ +[0-9]+ ' df -P -k /
}
