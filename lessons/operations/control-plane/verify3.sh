[ "$(kubectl get node node01 -o jsonpath='{.status.conditions[?(@.type=="Ready")].status}' 2>/dev/null)" = True ] || { echo "node01 is not Ready yet."; exit 1; }
ssh -q node01 systemctl is-active kubelet | grep -qx active || { echo "The kubelet on node01 does not run."; exit 1; }
