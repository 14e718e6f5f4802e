docker run --name kubia-container -p 8080:8080 -d luksa/kubia
docker exec kubia-container ps aux
docker exec kubia-container ls /
docker exec kubia-container hostname
