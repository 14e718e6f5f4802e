kubectl get ingress shops >/dev/null 2>&1 || { echo "There is no Ingress shops yet."; exit 1; }
kubectl get deployment ingress-nginx-controller -n ingress-nginx >/dev/null 2>&1 || { echo "No controller reads Ingresses yet: which addon is it?"; exit 1; }
[ -n "$(kubectl get ingress shops -o jsonpath='{.status.loadBalancer.ingress[0].ip}')" ] || { echo "The Ingress has no address yet. The controller needs a minute."; exit 1; }
