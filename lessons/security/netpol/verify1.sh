kubectl get networkpolicy deny >/dev/null 2>&1 || { echo "There is no NetworkPolicy deny yet."; exit 1; }
kubectl exec front -- curl -s --max-time 2 http://api >/dev/null 2>&1 && { echo "front still reaches api."; exit 1; }
exit 0
