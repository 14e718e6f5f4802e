kubectl get nodes 2>/dev/null | grep -q ' Ready' || { echo "There is no node that is Ready."; exit 1; }
