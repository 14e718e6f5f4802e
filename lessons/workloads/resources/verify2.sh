grep -qx '[1-9][0-9]*' answer 2>/dev/null || { echo "The file answer should hold a number greater than 0: the one behind nr_throttled."; exit 1; }
