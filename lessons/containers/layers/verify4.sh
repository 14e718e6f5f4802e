docker image inspect ubuntu >/dev/null 2>&1 || { echo "ubuntu should stay; only the name base:v1 goes. Pull it again."; exit 1; }
docker inspect web >/dev/null 2>&1 && { echo "The container web is still there."; exit 1; }
docker image inspect nginx >/dev/null 2>&1 && { echo "The image nginx is still there."; exit 1; }
exit 0
