docker run -d --name redmine-db postgres
sleep 2
docker logs redmine-db
docker rm redmine-db
docker run -d --name redmine-db -e POSTGRES_PASSWORD=secret postgres
sleep 5
docker logs redmine-db
