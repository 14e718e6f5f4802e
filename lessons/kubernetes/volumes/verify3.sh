answer=$(cat ~/answer 2>/dev/null)
[ "${answer:-0}" -gt 0 ] 2>/dev/null || { echo "The file answer does not hold a number above 0."; exit 1; }
