want=$(kubectl get hpa php-apache -o jsonpath='{.status.desiredReplicas}' 2>/dev/null)
[ "${want:-1}" -ge 4 ] || { echo "The autoscaler has not made more Pods yet. Give it a minute or two of load."; exit 1; }
[ "$(tr -d ' \n' < answer 2>/dev/null)" = "$want" ] || { echo "The file answer does not hold the number that the autoscaler wants now."; exit 1; }
