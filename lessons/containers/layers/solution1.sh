docker pull nginx
docker images
docker search --limit 5 nginx
docker pull ubuntu
