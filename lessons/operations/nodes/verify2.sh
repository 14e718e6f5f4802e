[ "$(kubectl get pdb web -o jsonpath='{.spec.minAvailable}{.spec.maxUnavailable}' 2>/dev/null)" != "" ] || { echo "There is no budget web any more: it should allow one, not all."; exit 1; }
[ "$(kubectl get pods -l app=web -o jsonpath='{.items[?(@.spec.nodeName=="node01")].metadata.name}')" = "" ] || { echo "Pods of web are still on node01."; exit 1; }
[ "$(kubectl get node node01 -o jsonpath='{.spec.unschedulable}')" = true ] || { echo "node01 is not cordoned: drain it."; exit 1; }
