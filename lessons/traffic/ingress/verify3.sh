[ "$(kubectl get secret shops -o jsonpath='{.type}' 2>/dev/null)" = kubernetes.io/tls ] || { echo "There is no Secret shops of type kubernetes.io/tls."; exit 1; }
[ "$(kubectl get ingress shops -o jsonpath='{.spec.tls[?(@.secretName=="shops")].hosts[0]}')" = shops.test ] || { echo "The Ingress does not use the Secret shops for shops.test yet."; exit 1; }
curl -s --max-time 5 --cacert shops.crt --resolve shops.test:443:$(minikube ip) https://shops.test/tea | grep -q tea || { echo "https://shops.test/tea is not answered by tea yet."; exit 1; }
