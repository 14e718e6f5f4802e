[ "$(tr -d ' \n' < answer 2>/dev/null)" = /etc/clumsy/key ] || { echo "The file answer should hold the path that clumsy misses."; exit 1; }
