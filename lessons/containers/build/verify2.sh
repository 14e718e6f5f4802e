docker image inspect kubia >/dev/null 2>&1 || { echo "There is no image named kubia yet."; exit 1; }
