for i in 0 1; do kubectl exec web-$i -- sh -c "hostname > /usr/share/nginx/html/index.html"; done
kubectl delete pod -l app=nginx
sleep 5
kubectl rollout status statefulset web --timeout=180s
