code=$(curl -s -o /dev/null -w '%{http_code}' --max-time 5 --resolve shops.test:80:$(minikube ip) http://shops.test/cake)
[ "$code" = 200 ] || { echo "http://shops.test/cake is answered with $code."; exit 1; }
curl -s --max-time 5 --resolve shops.test:80:$(minikube ip) http://shops.test/coffee | grep -q coffee || { echo "http://shops.test/coffee no longer reaches coffee."; exit 1; }
