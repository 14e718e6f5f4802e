[ "$(tr -d ' \n' < answer 2>/dev/null)" = 7 ] || { echo "The file answer should hold the number in front of the line about the coin."; exit 1; }
