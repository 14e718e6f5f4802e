docker create --name clock busybox sh -c 'while true; do date; sleep 1; done'
docker ps -a
docker start clock
sleep 1
docker logs --tail 3 clock
docker ps -as
