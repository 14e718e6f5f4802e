answer=$(curl -s localhost:8080)
[ -n "$answer" ] || { echo "Nothing answers on port 8080."; exit 1; }
case "$answer" in "You've hit"*) echo "The old program still answers: $answer"; exit 1;; esac
