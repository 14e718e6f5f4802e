kubectl run load --image=busybox:1.28 --restart=Never -- /bin/sh -c "while sleep 0.01; do wget -q -O- http://php-apache; done"
sleep 150
kubectl get hpa
kubectl get deployment php-apache
kubectl get hpa php-apache -o jsonpath='{.status.desiredReplicas}' > answer
