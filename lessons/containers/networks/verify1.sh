for name in web other; do [ "$(docker inspect -f '{{.State.Running}}' $name 2>/dev/null)" = true ] || { echo "No container named $name is running."; exit 1; }; done
