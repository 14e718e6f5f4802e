[ "$(docker inspect -f '{{.HostConfig.NetworkMode}}' direct 2>/dev/null)" = host ] || { echo "No container named direct stands in the host's network."; exit 1; }
curl -s localhost | grep -q nginx || { echo "Nothing answers on port 80 of your machine."; exit 1; }
