"""One client of the platform's HTTP services, for the page, the command, jobs and people's own programs."""
