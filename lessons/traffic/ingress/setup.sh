kubectl apply -f shops.yaml
