"""What the project's developers run; `make help` names the ways in."""
