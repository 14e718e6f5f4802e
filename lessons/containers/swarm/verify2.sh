[ "$(docker service ls --filter name=web --format '{{.Replicas}}')" = 5/5 ] || { echo "The service web does not have five replicas running yet."; exit 1; }
