kubectl apply -f hungry.yaml
sed -i s/100Mi/200Mi/ hungry.yaml
kubectl replace --force -f hungry.yaml
kubectl wait --for=condition=Ready pod/hungry --timeout=60s
