[ "$(kubectl get pod kubia-gpu -o jsonpath='{.status.phase}' 2>/dev/null)" = Running ] || { echo "kubia-gpu does not run yet. Which node could it run on?"; exit 1; }
[ "$(kubectl get pod kubia-gpu -o jsonpath='{.spec.nodeName}')" = node01 ] || { echo "It should run on node01."; exit 1; }
