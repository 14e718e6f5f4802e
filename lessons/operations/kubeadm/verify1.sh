kubectl get nodes >/dev/null 2>&1 || { echo "kubectl does not reach the cluster yet: has kubeadm init run, and is its admin.conf where kubectl looks?"; exit 1; }
