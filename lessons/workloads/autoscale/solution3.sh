kubectl delete pod load --now
kubectl patch hpa php-apache -p '{"spec":{"behavior":{"scaleDown":{"stabilizationWindowSeconds":30}}}}'
sleep 120
