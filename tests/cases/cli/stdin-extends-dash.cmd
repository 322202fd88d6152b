check - <<'END'
extends = "-"; id = "mine";
END
