docker service inspect web >/dev/null 2>&1 && { echo "The service web is still there."; exit 1; }
[ "$(docker info -f '{{.Swarm.LocalNodeState}}')" = active ] || { echo "The swarm itself should stay."; exit 1; }
