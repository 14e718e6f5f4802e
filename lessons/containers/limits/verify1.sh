wanted=$(docker inspect -f '{{.State.Pid}}' box 2>/dev/null)
[ -n "$wanted" ] && [ "$wanted" != 0 ] || { echo "No container named box is running."; exit 1; }
[ "$(tr -d '[:space:]' < ~/pid.txt 2>/dev/null)" = "$wanted" ] || { echo "pid.txt does not hold the host's number of that process."; exit 1; }
