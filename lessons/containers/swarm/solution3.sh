docker rm -f $(docker ps -q --filter label=com.docker.swarm.service.name=web | head -1)
sleep 15
docker service ps web
