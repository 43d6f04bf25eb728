# Which release is deployed: the revision file's one word, and the images of running containers.
read_deployment() {
    with_revision_file read_revision
    for engine in docker podman; do
        if command -v "$engine" >/dev/null 2>&1; then read_containers; else say "$engine" absent; fi
    done
}

read_revision() {
    for file; do softly ask revision '^[0-9A-Za-z._-]+$' privileged head -c 65 -- "$file"; done
}

# By named properties: what else an inspection shows holds environments.
read_containers() {
    key=$engine soft=yes
    text=$(privileged_bounded "$engine" ps -q --no-trunc 2>&1)
    status=$?
    if [ "$status" = 0 ]; then say "$engine" present; else excuse; text=; fi
    soft=
    containers=
    for word in $text; do
        case $word in *[!0-9a-f]*) ;; *) containers="$containers $word" ;; esac
    done
    [ -z "$containers" ] || read_images
}

# An id of podman has no sha256: before it, and docker takes one without.
read_images() {
    # shellcheck disable=SC2086 # one id a word: hexadecimal digits
    softly ask container '^(sha256:)?[0-9a-f]+ ' privileged_bounded "$engine" inspect --format \
        '{{.Image}} {{.Config.Image}} {{index .Config.Labels "org.opencontainers.image.revision"}}' $containers
    images=
    OLD_IFS=$IFS IFS=$nl
    for line in $text; do
        word=${line%% *}
        word=${word#sha256:}
        case $word in '' | *[!0-9a-f]*) ;; *) images="$images $word" ;; esac
    done
    IFS=$OLD_IFS
    # shellcheck disable=SC2086 # the same
    [ -z "$images" ] || softly ask image '^(sha256:)?[0-9a-f]+ ' \
        privileged_bounded "$engine" image inspect --format '{{.Id}} {{join .RepoDigests " "}}' $images
}
