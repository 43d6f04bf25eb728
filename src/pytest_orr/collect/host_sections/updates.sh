# Pending security updates, by an upgrade that is simulated, and the age of what it was computed from.
read_updates() {
    command -v apt-get >/dev/null 2>&1 || { say absent 'apt-get is not installed'; return; }
    read_index
    set -- -o Debug::NoLocking=1
    # As root, apt would write its cache anew, and a log of what it planned; so it is told to keep none.
    [ "$uid" = 0 ] && set -- "$@" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
        -o Dir::Log::Planner= -o Dir::Log::Solver=
    text=$(bounded apt-get -s "$@" -o APT::Get::Always-Include-Phased-Updates=1 --ignore-hold dist-upgrade 2>&1)
    status=$?
    if [ "$status" != 0 ]; then excuse; else read_upgradable "$@"; fi
}

read_index() {
    set +f
    set -- /var/lib/apt/lists/*Release /var/lib/apt/lists/*_Packages*
    set -f
    for file; do
        shift
        [ -s "$file" ] && set -- "$@" "$file"
    done
    [ $# = 0 ] || ask index '^[0-9]+ /' stat -c '%Y %n' -- "$@"
}

read_upgradable() {
    upgradable=
    OLD_IFS=$IFS IFS=$nl
    for line in $text; do
        case $line in 'Inst '*) line=${line#Inst } line=${line%% *} ;; *) continue ;; esac
        case $line in -* | *[!a-z0-9.+:-]*) ;; *) upgradable="$upgradable $line" ;; esac
    done
    IFS=$OLD_IFS
    [ -z "$upgradable" ] || security_updates "$@"
}

# Of what is upgradable, the packages of which a version above the installed one came from a security
# archive: a later version from elsewhere must not hide it. The last line is the command's status.
security_updates() {
    # shellcheck disable=SC2086 # one package a word: their names hold no blanks
    { bounded apt-cache "$@" policy $upgradable 2>&1; printf '\n%s\n' "$?"; } | awk -v section="$section" '
        NR > 1 && last ~ /^[^ ]/ { package = substr(last, 1, length(last) - 1); installed = told = 0 }
        NR > 1 && last ~ /^ [*][*][*] / { installed = 1 }
        NR > 1 && !installed && !told && last ~ /^        .*-security\// {
            print section "\tsecurity\t" package
            told = 1
        }
        { last = $0 }
        END { if (last + 0) print section "\tfailed\tapt-cache policy ended with status " last }'
}
