[ "$(cat ~/answer 2>/dev/null)" = 110 ] || { echo "The file answer in your home folder does not hold the limit yet."; exit 1; }
