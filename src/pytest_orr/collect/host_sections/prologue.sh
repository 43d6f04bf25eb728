# What pytest-orr asks a host: one POSIX sh program that reads and changes nothing. It makes no file,
# redirects to none, and prints JSON lines of ASCII. Each section ends with a line that says how it
# went and how many lines it has; the last line of all says how many sections there are.
set -f # no word of this program becomes a file name, but where it says +f
umask 077
LC_ALL=C TZ=UTC PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL TZ PATH
nl='
'
uid=$(id -u)
seconds=20
logins=
soft=

# Whatever may wait for a daemon or a name service ends after $seconds. What reads files does not: it
# would cost a process each time, and a file system that hangs is ended by the caller's own deadline.
if command -v timeout >/dev/null 2>&1; then
    bounded() { timeout -k 2 "$seconds" "$@"; }
else
    bounded() { "$@"; }
fi

# What only root sees: as root, by sudo where the profile allows it, or as it may be.
if [ "$uid" = 0 ] || [ "$sudo" = no ]; then
    privileged() { "$@"; }
    privileged_bounded() { bounded "$@"; }
else
    privileged() { bounded sudo -n "$@"; }
    privileged_bounded() { privileged "$@"; }
fi

may_see_all() { [ "$uid" = 0 ] || [ "$sudo" = yes ]; }

# say KEY VALUE: one record of the current section. The keys denied, absent and failed say why the
# section as a whole is not to be had.
say() {
    case $2 in
        *"$nl"*) tell "$1" '' "$2" ;;
        *) printf '%s\t%s\t%s\n' "$section" "$1" "$2" ;;
    esac
}

# tell KEY PATTERN TEXT: those lines of a text that match, a record each. What the text says cannot
# be taken for a record, because its length goes before it.
tell() { printf '#\t%s\t%s\t%s\t%s\n%s\n' "$section" "$1" "${#3}" "$2" "$3"; }

# ask KEY PATTERN COMMAND…: the lines of the command that match, or why it failed. `softly` before
# it makes of the failure a record "unread" instead of the state of the whole section.
ask() {
    key=$1 pattern=$2; shift 2
    text=$("$@" 2>&1)
    status=$?
    if [ "$status" = 0 ]; then tell "$key" "$pattern" "$text"; else excuse; fi
}

softly() { soft=yes; "$@"; soft=; }

excuse() {
    said=${text##*"$nl"} state=failed
    case $status in
        124 | 137) said='it took longer than the script waits' ;;
        127) state=absent ;;
        *) case $said in sudo:* | *denied* | *'not permitted'*) state=denied ;; esac ;;
    esac
    if [ "$soft" = yes ]; then say unread "$key: $said"; else say "$state" "$said"; fi
}

# find_files KEY TESTS…: the paths that find finds, and as "find: …" what it may not enter or does not
# find, of which its status 1 tells. A path with a newline would look like two, so it is not printed.
find_files() {
    find_and "$@" '(' -path "*$nl*" -exec echo 'find: a path with a newline in it: not printed' ';' \
        -o -print ')'
}

# find_and KEY TESTS AND ACTIONS…: the same for what prints more than paths.
find_and() {
    key=$1; shift
    text=$(privileged find -H "$@" 2>&1)
    status=$?
    if [ "$status" -le 1 ] && may_run; then tell "$key" . "$text"; else excuse; fi
}

# grep_lines KEY ARGUMENTS OF grep…: what it finds is in $text; its status 1 says that it is nothing.
# A record "unread" says that some of the files could not be searched.
grep_lines() {
    key=$1; shift
    text=$(privileged grep "$@" 2>&1)
    status=$?
    if ! may_run; then soft=yes; excuse; soft= text=
    elif [ "$status" -gt 1 ]; then say unread "$key: grep could not read all files"
    fi
}

# may_run: whether sudo did not refuse, in whose place the command itself would have spoken.
may_run() { case ${text##*"$nl"} in sudo:*) return 1 ;; esac; }

# Records become JSON: whatever is not printable ASCII is written as \u00XX, byte by byte.
print_json() {
    awk '
        BEGIN { FS = "\t"; for (i = 1; i < 256; i++) code[sprintf("%c", i)] = sprintf("\\u%04x", i) }
        function json(text,    out, i, c) {
            if (text !~ /[^]^-~ !#-[]/) return text
            for (i = 1; i <= length(text); i++) {
                c = substr(text, i, 1)
                out = out (c ~ /[^]^-~ !#-[]/ ? (c in code ? code[c] : "?") : c)
            }
            return out
        }
        function fail(place, how, text) { if (!(place in state)) { state[place] = how; why[place] = text } }
        function record(place, key, value) {
            if (key == "denied" || key == "absent" || key == "failed") fail(place, key, substr(value, 1, 300))
            else if (length(value) > 4000) fail(place, "failed", "a line is longer than 4000 bytes")
            else if (count[place] == 2000) fail(place, "failed", "there are more than 2000 lines")
            else {
                count[place]++
                printf "{\"section\":\"%s\",\"key\":\"%s\",\"value\":\"%s\"}\n", place, key, json(value)
            }
        }
        left > 0 { left -= length($0) + 1; if ($0 ~ pattern) record(place, key, $0); next }
        $1 == "#" { place = $2; key = $3; left = $4 + 1; pattern = $5; next }
        $2 == "done" && $1 == "end" { printf "{\"end\":\"ok\",\"sections\":%d}\n", sections; next }
        $2 == "done" {
            sections++
            printf "{\"section\":\"%s\",\"done\":\"%s\",\"why\":\"%s\",\"lines\":%d}\n", \
                $1, ($1 in state ? state[$1] : "ok"), json(why[$1]), count[$1]
            fflush()
            next
        }
        { record($1, $2, substr($0, length($1) + length($2) + 3)) }'
}

read_section() { section=$1; "read_$1"; say done ''; }
