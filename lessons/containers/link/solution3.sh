docker network create app
docker volume create pgdata
docker run -d --name db --network app -e POSTGRES_PASSWORD=secret -v pgdata:/var/lib/postgresql postgres
sleep 5
docker exec db psql -U postgres -c 'CREATE TABLE kept (x int)'
docker rm -f db
docker run -d --name db --network app -e POSTGRES_PASSWORD=secret -v pgdata:/var/lib/postgresql postgres
sleep 5
docker exec db psql -U postgres -c '\dt'
