docker login -u student -p secret
docker push student/kubia
docker rmi kubia student/kubia
docker run -p 8080:8080 -d student/kubia
