"""Reports of scanners, in many formats, as one kind of fact."""
