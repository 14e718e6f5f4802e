docker commit workshop noted:v1
docker run --rm noted:v1 cat /note.txt
docker history noted:v1
docker run --name second noted:v1 sh -c 'echo "another text" > /note.txt'
docker commit second noted:v2
