[ "$(docker inspect -f '{{.State.Running}}' site 2>/dev/null)" = true ] || { echo "No container named site is running."; exit 1; }
curl -s localhost:8080 | grep -q . || { echo "Nothing answers on port 8080."; exit 1; }
