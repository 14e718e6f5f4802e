docker network create --driver bridge isolated_nw
docker network ls
docker run --rm --network=isolated_nw ubuntu cat /etc/hosts
docker run -d --name db --network=isolated_nw nginx
sleep 1
docker run --rm --network=isolated_nw busybox wget -qO- http://db | head -4
docker exec other ping -c 1 -W 2 $(docker inspect -f '{{.NetworkSettings.Networks.isolated_nw.IPAddress}}' db) && exit 1
true
