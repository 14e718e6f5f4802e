docker inspect -f '{{json .NetworkSettings.Networks}}' db 2>/dev/null | grep -q '"app"' || { echo "No container named db is in the network app."; exit 1; }
docker exec db psql -U postgres -Atc 'SELECT count(*) FROM kept' >/dev/null 2>&1 || { echo "The table kept is not there."; exit 1; }
[ "$(docker volume ls -qf name=pgdata)" = pgdata ] || { echo "There is no volume pgdata."; exit 1; }
