[ "$(docker inspect -f '{{.State.OOMKilled}}' greedy 2>/dev/null)" = true ] || { echo "There is no container greedy that ran out of memory."; exit 1; }
