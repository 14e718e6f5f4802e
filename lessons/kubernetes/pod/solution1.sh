kubectl run kubia --image=luksa/kubia --port=8080
kubectl wait --for=condition=Ready pod/kubia --timeout=120s
kubectl get pods
