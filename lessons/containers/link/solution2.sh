docker run --rm --link redmine-db:db postgres env
docker run --rm --link redmine-db:db postgres cat /etc/hosts
docker run --rm --link redmine-db:db -e PGPASSWORD=secret postgres psql -h db -U postgres -c 'SELECT inet_server_addr();'
docker run --rm --link redmine-db:db -e PGPASSWORD=secret postgres psql -h db -U postgres -c "CREATE TABLE course (name text); INSERT INTO course VALUES ('Web 2.0');"
