[ "$(docker inspect -f '{{.State.Status}}' clock 2>/dev/null)" = running ] || { echo "The container clock does not run yet."; exit 1; }
