docker image inspect noted:v1 >/dev/null 2>&1 || { echo "There is no image noted:v1."; exit 1; }
docker image inspect noted:v2 >/dev/null 2>&1 || { echo "There is no image noted:v2."; exit 1; }
[ "$(docker run --rm noted:v1 cat /note.txt)" != "$(docker run --rm noted:v2 cat /note.txt)" ] || { echo "Both images hold the same note."; exit 1; }
