sleep 10
kubectl exec multi-pod -c 1st -- cat /usr/share/nginx/html/index.html | wc -l > ~/answer
