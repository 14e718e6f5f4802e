kubectl run safe --image=nginx --overrides='{"spec":{"containers":[{"name":"safe","image":"nginx","resources":{"limits":{"cpu":"100m","memory":"64Mi"}}}]}}'
kubectl wait --for=condition=Ready pod/safe --timeout=60s
