kubectl get events -A --field-selector reason=NodeNotReady -o jsonpath='{.items[*].involvedObject.name}' | grep -qw node01 || { echo "node01 was never NotReady: stop its kubelet and wait."; exit 1; }
[ "$(kubectl get node node01 -o jsonpath='{.status.conditions[?(@.type=="Ready")].status}')" = True ] || { echo "node01 is not Ready: start its kubelet again."; exit 1; }
[ "$(kubectl get deployment web -o jsonpath='{.status.readyReplicas}')" = 4 ] || { echo "web should have four ready Pods."; exit 1; }
[ "$(kubectl get pods -l app=web --no-headers | wc -l)" = 4 ] || { echo "There are old Pods of web that still stop."; exit 1; }
[ "$(kubectl get pods -l app=web -o jsonpath='{.items[?(@.spec.nodeName=="node01")].metadata.name}')" = "" ] || { echo "Pods are still on node01: wait until they have moved before you start the kubelet."; exit 1; }
