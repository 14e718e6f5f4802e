docker info -f {{.Driver}}
sudo ls -l /var/lib/docker/overlay2
docker run -d --name web nginx
docker exec web touch /usr/share/nginx/html/mine.txt
sudo find $(docker inspect -f '{{.GraphDriver.Data.UpperDir}}' web) -name mine.txt | grep mine.txt || exit 1
docker diff web
