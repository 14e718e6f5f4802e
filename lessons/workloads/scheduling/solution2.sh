kubectl taint nodes node01 disk=slow:NoExecute
kubectl taint nodes node01 disk-
kubectl wait --for=condition=Ready pod/web --timeout=60s
