kubectl apply -f alive.yaml
sleep 90
