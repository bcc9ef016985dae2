"""Changes the modules that judge, one small thing at a time, and sees whether anything notices."""
