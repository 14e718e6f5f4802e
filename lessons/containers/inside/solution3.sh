docker ps -a
docker rm kubia-container
