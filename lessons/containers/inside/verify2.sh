[ "$(docker inspect -f '{{.State.Status}}' kubia-container 2>/dev/null)" = exited ] || { echo "kubia-container has not been stopped yet."; exit 1; }
