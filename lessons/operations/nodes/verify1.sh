[ "$(kubectl get deployment web -o jsonpath='{.status.readyReplicas}' 2>/dev/null)" = 4 ] || { echo "web should have four ready Pods."; exit 1; }
[ "$(kubectl get pods -l app=web -o jsonpath='{.items[?(@.spec.nodeName=="node01")].metadata.name}')" = "" ] || { echo "Pods of web are still on node01."; exit 1; }
