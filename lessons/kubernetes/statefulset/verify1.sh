[ "$(kubectl get statefulset web -o jsonpath='{.status.readyReplicas}' 2>/dev/null)" = 2 ] || { echo "The StatefulSet web does not have two ready Pods."; exit 1; }
[ "$(kubectl get pvc -o name | grep -c www-web-)" = 2 ] || { echo "There are not two claims www-web-N."; exit 1; }
