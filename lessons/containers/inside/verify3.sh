docker inspect kubia-container >/dev/null 2>&1 && { echo "kubia-container is still there."; exit 1; }
exit 0
