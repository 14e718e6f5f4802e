kubectl apply -f pv.yaml
kubectl apply -f pvc.yaml
sleep 5
