"""`python -m d2l_style`: to the commands, or to the check of the machine."""
