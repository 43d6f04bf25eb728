# When and as whom the host was read: a clock that is wrong makes every other instant wrong.
read_clock() {
    say epoch "$(date +%s)"
    say uid "$uid"
    say sudo "$sudo"
}
