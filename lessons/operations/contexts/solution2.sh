kubectl config set-context --help | head -20
kubectl --context=production create namespace shop
kubectl config set-context shop --cluster=production --user=production --namespace=shop
kubectl config use-context shop
