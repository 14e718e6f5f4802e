[ "$(kubectl get node controlplane -o jsonpath='{.status.conditions[?(@.type=="Ready")].status}' 2>/dev/null)" = True ] || { echo "controlplane is not Ready yet."; exit 1; }
[ "$(tr -d ' \n' < answer 2>/dev/null)" = 10-flannel.conflist ] || { echo "The file answer should hold the name of the file in /etc/cni/net.d."; exit 1; }
