[ "$(tr -d ' \n' < answer 2>/dev/null)" = node01 ] || { echo "The file answer should hold what the node's own /etc/hostname says."; exit 1; }
kubectl get pods -o name | grep -q node-debugger && { echo "The Pod node-debugger-… is still there."; exit 1; }
exit 0
