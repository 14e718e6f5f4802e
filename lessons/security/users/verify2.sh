kubectl --context=anna auth whoami >/dev/null 2>&1 || { echo "The context anna does not reach the cluster as anna yet."; exit 1; }
[ "$(tr -d ' \n' < answer 2>/dev/null)" = system:authenticated ] || { echo "The file answer should hold the group that stands beside developers."; exit 1; }
