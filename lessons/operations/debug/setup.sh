kubectl apply -f box.yaml
