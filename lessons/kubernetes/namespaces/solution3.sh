kubectl apply -f defaults.yaml -n blue
kubectl run third --image=nginx -n blue
kubectl wait --for=condition=Ready pod/third -n blue --timeout=120s
