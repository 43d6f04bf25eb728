"""GitLab and GitHub as one forge: what they say of a project, in the same words."""
