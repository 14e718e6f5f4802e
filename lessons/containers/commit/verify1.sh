docker inspect workshop >/dev/null 2>&1 || { echo "There is no container named workshop."; exit 1; }
docker diff workshop | grep -q '^A /note.txt' || { echo "The container workshop has no new file /note.txt."; exit 1; }
