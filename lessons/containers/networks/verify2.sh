docker network inspect isolated_nw >/dev/null 2>&1 || { echo "There is no network isolated_nw."; exit 1; }
docker inspect -f '{{json .NetworkSettings.Networks}}' db 2>/dev/null | grep -q isolated_nw || { echo "No container named db is in isolated_nw."; exit 1; }
