kubectl get csr anna >/dev/null 2>&1 || { echo "There is no request anna yet."; exit 1; }
[ -n "$(kubectl get csr anna -o jsonpath='{.status.certificate}')" ] || { echo "The request anna has not been approved: it has no certificate."; exit 1; }
