kubectl apply -f https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.2.0/standard-install.yaml
kubectl apply -f https://raw.githubusercontent.com/nginx/nginx-gateway-fabric/v1.6.2/deploy/crds.yaml
kubectl apply -f https://raw.githubusercontent.com/nginx/nginx-gateway-fabric/v1.6.2/deploy/nodeport/deploy.yaml
kubectl wait -n nginx-gateway --for=condition=Available deployment/nginx-gateway --timeout=120s
sleep 5
kubectl get gatewayclasses
echo nginx > answer
