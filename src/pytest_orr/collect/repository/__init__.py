"""Facts about the files of the service's git repository at the release's commit."""
