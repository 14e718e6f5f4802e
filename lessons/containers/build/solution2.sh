cd
docker build -t kubia .
docker images
