[ "$(docker info -f '{{.Swarm.LocalNodeState}}')" = active ] || { echo "This machine is in no swarm yet."; exit 1; }
