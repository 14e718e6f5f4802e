ssh node01 systemctl status kubelet | head -8
ssh node01 journalctl -u kubelet -n 5 --no-pager
ssh -q node01 "sed -i 's#CA.crt#ca.crt#' /var/lib/kubelet/config.yaml; systemctl restart kubelet"
sleep 20
kubectl get nodes
