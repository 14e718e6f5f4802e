docker inspect -f '{{json .NetworkSettings.Networks}}' other 2>/dev/null | grep -q isolated_nw || { echo "The container other is not connected to isolated_nw."; exit 1; }
docker exec other ping -c 1 db >/dev/null 2>&1 || { echo "other cannot reach db."; exit 1; }
