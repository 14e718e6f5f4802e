docker unpause clock
docker stop clock
docker inspect -f '{{.State.ExitCode}}' clock
docker start clock
docker kill clock
docker run -d --name polite busybox sh -c 'trap "exit 0" TERM; while true; do sleep 1; done'
sleep 1
docker stop polite
docker ps -a
