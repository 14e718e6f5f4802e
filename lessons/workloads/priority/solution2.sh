kubectl delete deployment spread
kubectl uncordon node01
kubectl apply -f filler.yaml
kubectl create priorityclass urgent --value=1000
kubectl apply -f urgent.yaml
kubectl wait --for=condition=Ready pod/urgent --timeout=120s
