[ "$(docker inspect -f '{{.State.Running}}' redmine-db 2>/dev/null)" = true ] || { echo "redmine-db is not running."; exit 1; }
docker exec redmine-db pg_isready -q || { echo "The server in redmine-db is not ready yet."; exit 1; }
