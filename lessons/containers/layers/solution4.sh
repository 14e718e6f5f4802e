docker tag ubuntu base:v1
docker rmi base:v1
docker rmi nginx
docker rm -f web
docker rmi nginx
