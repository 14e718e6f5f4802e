window=$(kubectl get hpa php-apache -o jsonpath='{.spec.behavior.scaleDown.stabilizationWindowSeconds}' 2>/dev/null)
[ "${window:-300}" -le 30 ] || { echo "The autoscaler still waits ${window:-300} seconds before it scales down."; exit 1; }
[ "$(kubectl get deployment php-apache -o jsonpath='{.spec.replicas}')" = 1 ] || { echo "There is still more than one replica. Give it a minute."; exit 1; }
