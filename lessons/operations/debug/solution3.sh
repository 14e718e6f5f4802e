kubectl debug node/node01 --image=busybox --profile=general -- sleep 1d
kubectl wait --for=condition=Ready $(kubectl get pods -o name | grep node-debugger) --timeout=60s
kubectl exec $(kubectl get pods -o name | grep node-debugger) -- cat /host/etc/hostname > answer
kubectl delete --now $(kubectl get pods -o name | grep node-debugger)
