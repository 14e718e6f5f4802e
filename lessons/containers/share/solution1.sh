cd
docker build -t kubia .
docker tag kubia student/kubia
docker images | head
