# Key files by their names, and what kind of value secret-like names have. The kind is decided here:
# no value leaves the host.
read_secrets() {
    with_service_directories look_for_keys
    with_config_files classify_each
}

look_for_keys() {
    [ $# = 0 ] || find_files key-file "$@" -xdev '(' -type f -o -type l ')' '(' -iname '*.pem' -o -iname '*.key' \
        -o -iname '*.p12' -o -iname '*.pfx' -o -iname '*.jks' -o -iname 'keystore*' -o -iname 'id_rsa*' \
        -o -iname 'id_dsa*' -o -iname 'id_ecdsa*' -o -iname 'id_ed25519*' -o -name 'UTC--*' ')' ! -name '*.pub'
}

classify_each() {
    for file; do
        softly ask config-file '^[0-7]+ ' privileged stat -L -c '%a %U %s %n' -- "$file"
        { privileged head -c 262144 -- "$file" 2>/dev/null; printf '\n%s\n' "$?"; } | classify
    done
}

# NAME=value lines; a second count is of what is neither that, blank nor a comment. The last line that
# comes is the status of whatever read the file.
classify() {
    awk -v section="$section" -v file="$file" '
        function kind(value) {
            sub(/^[ \t]+/, "", value)
            sub(/[ \t\r]+$/, "", value)
            if (value ~ /^".*"$/ || value ~ /^\047.*\047$/) value = substr(value, 2, length(value) - 2)
            if (value == "") return "empty"
            if (value ~ /^(ssm|arn|vault|awskms|secretsmanager|op):/) return "reference"
            if (value ~ /^[$]([{][A-Za-z_][A-Za-z0-9_]*[}]|[A-Z_][A-Z0-9_]*)$/) return "reference"
            if (value ~ /^([{][{].*[}][}]|ENC[[].*[]]|\/run\/(secrets|credentials)\/[^ ]*)$/) return "reference"
            return "plain"
        }
        function is_secret(name) {
            name = tolower(name)
            if (name ~ /public/) return 0
            return name ~ /secret|passw|passphrase|pwd|token|credential|private|mnemonic|seed|apikey|dsn|(^|_)(pass|auth|key)$|_key_/
        }
        function told(how, name) { print section "\tvariable\t" how " " name " " file }
        NR > 1 && last !~ /^[ \t\r]*([#;].*)?$/ {
            sub(/^[ \t]*(export[ \t]+)?/, "", last)
            equals = index(last, "=")
            name = substr(last, 1, equals - 1)
            value = substr(last, equals + 1)
            sub(/[ \t]+$/, "", name)
            if (name !~ /^[A-Za-z_][A-Za-z0-9_.]*$/) others++
            else {
                known++
                if (is_secret(name)) told(kind(value), name)
                else if (value ~ /:\/\/[^\/@:]*:[^$\/@][^\/@]*@/) told("plain", name)
            }
        }
        { last = $0 }
        END { print section "\t" (last + 0 ? "unread\t" : "read\t" known + 0 " " others + 0 " ") file }'
}
