[ "$(kubectl get endpointslices -l kubernetes.io/service-name=kubia -o jsonpath='{.items[*].endpoints[?(@.conditions.ready==true)].addresses[0]}' | wc -w)" = 3 ] || { echo "Behind the Service kubia there are not three ready Pods."; exit 1; }
kubectl exec client -- curl -s --max-time 3 kubia >/dev/null 2>&1 || { echo "The Pod client cannot reach http://kubia."; exit 1; }
