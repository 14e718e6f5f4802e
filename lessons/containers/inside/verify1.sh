docker inspect -f '{{.State.Running}}' kubia-container 2>/dev/null | grep -q true || { echo "kubia-container is not running."; exit 1; }
