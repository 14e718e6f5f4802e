kubectl get networkpolicy front-out >/dev/null 2>&1 || { echo "The policy front-out is not there."; exit 1; }
kubectl exec front -- curl -s --max-time 3 http://api >/dev/null 2>&1 || { echo "front does not reach http://api by name yet."; exit 1; }
kubectl exec front -- curl -sk --max-time 3 https://kubernetes >/dev/null 2>&1 && { echo "front now reaches more than api and DNS."; exit 1; }
exit 0
