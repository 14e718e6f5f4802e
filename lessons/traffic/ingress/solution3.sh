openssl req -x509 -newkey rsa:2048 -nodes -days 30 -keyout shops.key -out shops.crt -subj "/CN=shops.test" -addext "subjectAltName=DNS:shops.test"
kubectl create secret tls shops --key=shops.key --cert=shops.crt
kubectl patch ingress shops -p '{"spec":{"tls":[{"hosts":["shops.test"],"secretName":"shops"}]}}'
sleep 3
curl -sI --resolve shops.test:80:$(minikube ip) http://shops.test/tea
curl -s --cacert shops.crt --resolve shops.test:443:$(minikube ip) https://shops.test/tea
