docker service ps web --format '{{.CurrentState}}' 2>/dev/null | grep -qiE 'failed|shutdown|complete' || { echo "No task of web has failed yet: remove one of its containers."; exit 1; }
[ "$(docker service ls --filter name=web --format '{{.Replicas}}')" = 5/5 ] || { echo "The swarm is still mending: wait a moment."; exit 1; }
