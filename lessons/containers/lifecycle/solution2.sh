docker pause clock
sleep 5
docker unpause clock
sleep 2
docker logs --tail 8 clock
docker pause clock
