helm create shop
helm install front shop --set replicaCount=2
kubectl rollout status deployment front-shop --timeout=120s
