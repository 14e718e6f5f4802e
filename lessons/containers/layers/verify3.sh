docker inspect web >/dev/null 2>&1 || { echo "There is no container named web."; exit 1; }
docker diff web | grep -q mine.txt || { echo "The container web has no new file mine.txt yet."; exit 1; }
