helm status front >/dev/null 2>&1 || { echo "There is no release front yet."; exit 1; }
[ "$(kubectl get deployment front-shop -o jsonpath='{.status.readyReplicas}' 2>/dev/null)" = 2 ] || { echo "front-shop does not have two ready Pods yet."; exit 1; }
