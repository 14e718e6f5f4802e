docker network ls
docker network inspect bridge
docker run -d --name web nginx
docker run -d --name other busybox sleep 1d
sleep 1
docker exec other wget -qO- http://$(docker inspect -f '{{.NetworkSettings.IPAddress}}' web) | head -4
docker exec other ping -c 1 web
