"""The only clients that write: notes and issues on GitLab and GitHub, for ``publish`` alone."""
