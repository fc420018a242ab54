"""One sentence per migration, each in a file of `versions`. What must differ by database is said in the migration."""
