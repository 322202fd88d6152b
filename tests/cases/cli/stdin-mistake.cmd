check - <<'END'
as_of = "2025-01-01"; horizon = -1;
END
