[ "$(kubectl get service kubia-headless -o jsonpath='{.spec.clusterIP}' 2>/dev/null)" = None ] || { echo "There is no headless Service kubia-headless."; exit 1; }
[ "$(kubectl get service kubia-nodeport -o jsonpath='{.spec.type}' 2>/dev/null)" = NodePort ] || { echo "There is no Service kubia-nodeport of type NodePort."; exit 1; }
