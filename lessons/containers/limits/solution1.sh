cd
docker run -d --name box busybox sleep 1d
docker exec box ps
docker top box
sudo ls -l /proc/$(docker inspect -f '{{.State.Pid}}' box)/ns
sudo lsns -t pid
docker inspect -f '{{.State.Pid}}' box > pid.txt
