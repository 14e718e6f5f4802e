kubectl create configmap shop --from-literal=COLOUR=blue --from-literal=OPEN=9-17
kubectl apply -f shop.yaml
kubectl create secret generic shop --from-literal=PASSWORD=s3cret
kubectl wait --for=condition=Ready pod/shop --timeout=120s
