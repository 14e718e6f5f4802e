docker create -v /dbdata --name dbstore training/postgres /bin/true
docker run -d --volumes-from dbstore --name db1 training/postgres
docker run -d --volumes-from dbstore --name db2 training/postgres
sleep 1
docker exec db1 sh -c 'echo shared > /dbdata/note'
docker exec db2 cat /dbdata/note
docker rm -f db1 db2
