kubectl apply -f deny.yaml
sleep 2
