kubectl create namespace blue
kubectl run web --image=nginx -n blue
kubectl config set-context --current --namespace=blue
kubectl wait --for=condition=Ready pod/web --timeout=120s
