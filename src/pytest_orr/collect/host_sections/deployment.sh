# Which release is deployed: the revision file's one word, and the images of running containers.
read_deployment() {
    with_revision_file read_revision
    if command -v docker >/dev/null 2>&1; then read_containers; else say docker absent; fi
}

read_revision() {
    for file; do softly ask revision '^[0-9A-Za-z._-]+$' privileged head -c 65 -- "$file"; done
}

# By named properties: what else an inspection shows holds environments.
read_containers() {
    key=docker soft=yes
    text=$(privileged_bounded docker ps -q --no-trunc 2>&1)
    status=$?
    if [ "$status" = 0 ]; then say docker present; else excuse; text=; fi
    soft=
    containers=
    for word in $text; do
        case $word in *[!0-9a-f]*) ;; *) containers="$containers $word" ;; esac
    done
    [ -z "$containers" ] || read_images
}

read_images() {
    # shellcheck disable=SC2086 # one id a word: hexadecimal digits
    softly ask container '^sha256:' privileged_bounded docker inspect --format '{{.Image}} {{.Config.Image}}' $containers
    images=
    for word in $text; do
        case $word in sha256:*[!0-9a-f]*) ;; sha256:*) images="$images $word" ;; esac
    done
    # shellcheck disable=SC2086 # the same
    [ -z "$images" ] || softly ask image '^sha256:' \
        privileged_bounded docker image inspect --format '{{.Id}} {{join .RepoDigests " "}}' $images
}
