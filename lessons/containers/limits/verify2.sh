[ "$(docker inspect -f '{{.HostConfig.Memory}}' small 2>/dev/null)" = 134217728 ] || { echo "small has no memory limit of 128 MB yet."; exit 1; }
