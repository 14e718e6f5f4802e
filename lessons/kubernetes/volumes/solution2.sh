sed -i 's/Done/done/' multi-pod.yaml
kubectl replace --force -f multi-pod.yaml
kubectl wait --for=condition=Ready pod/multi-pod --timeout=120s
