kubectl get node node01 >/dev/null 2>&1 && { echo "The Node node01 is still there."; exit 1; }
ssh node01 test -e /etc/kubernetes/kubelet.conf && { echo "On node01 kubeadm reset has not run: /etc/kubernetes/kubelet.conf is still there."; exit 1; }
exit 0
