# The distribution and its release.
read_release() {
    for file in /etc/os-release /usr/lib/os-release; do
        [ -f "$file" ] && [ -r "$file" ] || continue
        while IFS= read -r line || [ -n "$line" ]; do
            case $line in ID=* | ID_LIKE=* | VERSION_ID=* | PRETTY_NAME=*) say os-release "$line" ;; esac
        done <"$file"
        return
    done
    say absent 'there is no /etc/os-release'
}
