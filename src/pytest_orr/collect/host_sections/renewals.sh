# What renews the host's certificates, and until when each of them holds: certbot's own files.
read_renewals() {
    cron_entries '(certbot|acme[.]sh|lego|dehydrated)'
    [ -d /etc/letsencrypt ] || { say certbot absent; return; }
    say certbot present
    find_files renewal /etc/letsencrypt/renewal -maxdepth 1 -type f -name '*.conf'
    # Each certificate's lines follow its path.
    find_and certificate /etc/letsencrypt/live -mindepth 2 -maxdepth 2 -name cert.pem -print \
        -exec openssl x509 -noout -startdate -enddate -ext subjectAltName -in '{}' ';'
}
