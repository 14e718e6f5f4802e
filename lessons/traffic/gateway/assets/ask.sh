port=$(kubectl get service nginx-gateway -n nginx-gateway -o jsonpath='{.spec.ports[0].nodePort}')
curl -s --max-time 3 -H 'Host: shops.test' http://node01:$port$1
