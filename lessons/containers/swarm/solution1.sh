docker swarm init
docker node ls
docker swarm join-token worker
