docker inspect -f '{{.State.Running}}' kubia-container 2>/dev/null | grep -q true || { echo "No container named kubia-container is running."; exit 1; }
curl -s localhost:8080 | grep -q . || { echo "Nothing answers on port 8080 of your machine."; exit 1; }
