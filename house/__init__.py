"""What `make` needs around the portal: services from wheels, the supervisor, checks, tests, pictures. No Django here."""
