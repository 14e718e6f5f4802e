kubectl patch ingress shops --type=json -p '[{"op":"add","path":"/spec/rules/0/http/paths/-","value":{"path":"/","pathType":"Prefix","backend":{"service":{"name":"tea","port":{"number":80}}}}}]'
sleep 3
curl -s --resolve shops.test:80:$(minikube ip) http://shops.test/cake
