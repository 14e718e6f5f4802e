[ "$(kubectl get statefulset web -o jsonpath='{.spec.replicas}/{.status.replicas}' 2>/dev/null)" = 1/1 ] || { echo "The StatefulSet web should end with one Pod."; exit 1; }
[ "$(kubectl get pvc -o name | grep -c www-web-)" = 4 ] || { echo "It should have had four Pods before: there would be four claims."; exit 1; }
