docker image inspect nginx >/dev/null 2>&1 || { echo "The image nginx is not here yet."; exit 1; }
docker image inspect ubuntu >/dev/null 2>&1 || { echo "The image ubuntu is not here yet."; exit 1; }
