kubectl create deployment web --image=nginx --dry-run=client -o yaml > web.yaml
kubectl apply -f web.yaml -n shop
kubectl --context=test delete deployment web
kubectl rollout status deployment web -n shop --timeout=120s
