kubectl apply -f allow-api.yaml
sh reach.sh
sed -e 's/name: api/name: db/' -e 's/app: api/app: db/' -e 's/app: front/app: api/' -e 's/port: 80/port: 6379/' allow-api.yaml > allow-db.yaml
kubectl apply -f allow-db.yaml
sleep 2
