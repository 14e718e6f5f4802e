docker run busybox echo "Hello world"
docker images
docker ps -a
