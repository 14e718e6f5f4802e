sed -i 's/^  label:/  labels:/' multi-pod.yaml
kubectl apply -f multi-pod.yaml
sleep 15
