docker network connect isolated_nw other
docker exec other ip addr
docker exec other ping -c 1 db
