[ "$(docker inspect -f '{{.State.Paused}}' clock 2>/dev/null)" = true ] || { echo "The container clock is not paused."; exit 1; }
