kubectl create quota share --hard=pods=3,requests.cpu=500m -n blue
kubectl run second --image=nginx -n blue --overrides='{"spec":{"containers":[{"name":"second","image":"nginx","resources":{"requests":{"cpu":"200m"}}}]}}'
kubectl wait --for=condition=Ready pod/second -n blue --timeout=120s
