kubectl create ingress shops --rule="shops.test/tea*=tea:80" --rule="shops.test/coffee*=coffee:80"
minikube addons enable ingress
kubectl wait -n ingress-nginx --for=condition=Available deployment/ingress-nginx-controller --timeout=120s
sleep 70
kubectl get ingress
