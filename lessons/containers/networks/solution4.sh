docker run --rm --network=host busybox ip addr
docker run --rm --network=none busybox ip addr
docker run -d --name direct --network=host nginx
sleep 1
curl -sI localhost | head -1
