ssh -q node01 "sed -i 's#/etc/kubernetes/pki/ca.crt#/etc/kubernetes/pki/CA.crt#' /var/lib/kubelet/config.yaml; systemctl restart kubelet"
sleep 60
